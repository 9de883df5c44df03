# SPDX-License-Identifier: Apache-2.0
# Makes one script of the pieces of Vega that Debian's libjs-vega installs (docs/adr/007-charts.md). Each piece
# is a UMD module that stands alone but for other pieces; vega.js.in gives them a `require`.
set(KANARIA_VEGA_DIR /usr/share/javascript/vega CACHE PATH "Folder of libjs-vega's vega-*.min.js")

# What vega.js.in asks for; what these ask for is found in them.
set(vega_wanted vega-dataflow vega-encode vega-interpreter vega-parser vega-transforms vega-view
    vega-view-transforms)

# Name of a piece -> its file: one of them is named otherwise.
function(vega_piece_file name result)
  string(REGEX REPLACE "^vega-selections$" "vega-selection" name ${name})
  set(${result} ${KANARIA_VEGA_DIR}/${name}.min.js PARENT_SCOPE)
endfunction()

# Writes the script to `output`.
function(kanaria_vega_bundle output)
  set(pieces "")
  set(known ${vega_wanted})
  while(vega_wanted)
    list(POP_FRONT vega_wanted name)
    vega_piece_file(${name} file)
    if(NOT EXISTS ${file})
      message(FATAL_ERROR "${file}, which the charts of HTML reports need, is not there: install libjs-vega "
        "(scripts/install-dependencies build), name its folder with -DKANARIA_VEGA_DIR=, or build without charts "
        "with -DKANARIA_CHARTS=OFF")
    endif()
    file(READ ${file} text)
    string(REGEX REPLACE "\n//# sourceMappingURL=[^\n]*" "" text "${text}")
    string(REGEX MATCH "</script|<!--" breaks_out "${text}")
    if(breaks_out)
      message(FATAL_ERROR "${file} holds '${breaks_out}', which ends a script in HTML; build without charts with "
        "-DKANARIA_CHARTS=OFF")
    endif()
    string(APPEND pieces "pieces[\"${name}\"] = function (exports, module, require) {${text}\n};\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})

    string(SUBSTRING "${text}" 0 2000 opening)
    string(REGEX MATCHALL "require\\(\"[^\"]+\"\\)" calls "${opening}")
    foreach(call ${calls})
      string(REGEX REPLACE "require\\(\"(.*)\"\\)" "\\1" other ${call})
      if(NOT other IN_LIST known)
        list(APPEND known ${other})
        list(APPEND vega_wanted ${other})
      endif()
    endforeach()
  endwhile()
  file(READ ${CMAKE_CURRENT_SOURCE_DIR}/page/vega_licences.txt licences)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/page/vega.js.in ${output} @ONLY)
endfunction()

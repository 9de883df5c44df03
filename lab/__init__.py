# SPDX-License-Identifier: Apache-2.0
"""A laboratory of network namespaces that makes labelled traffic of miners and of what looks like them.

Nothing mines: a share is a random wait. Nothing leaves the namespaces. Read in this order:

    scenario       a TOML file: who talks to whom, for how long; scenarios/ holds some
    plan           what a scenario becomes under a seed
    activity       one kind of traffic; activities finds those of miners/ and benign/
    play           plays a plan and captures it
    laboratory     one network at work: servers, dialled connections, real programs
    shape          what evaders do to a connection
    network        clients - router - internet - servers; host_system says what each writes into headers
    internet_path  delay, loss, hops and rate between the router and the servers; path/ is its program, in C++
    namespace      one network namespace
    isolation      everything the lab starts dies with it
    connection_log what was dialled, by whom, and what it is
    labels         log -> LABELS.csv, held against the capture
    run_files      from a request to the files of a run
    analysis/      figures, the report, the comparison with other captures
    wrapping/      Tor, SOCKS5 and carried streams, which miners and others go through
    browser/       a real Chromium and what it is shown
"""

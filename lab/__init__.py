# SPDX-License-Identifier: Apache-2.0
"""A laboratory of network namespaces that makes labelled traffic of miners and of what looks like them.

Nothing mines: a share is a random wait. Nothing leaves the namespaces. Read in this order:

    isolation      everything the lab starts dies with it
    namespace      one network namespace
    host_system    what an operating system writes into headers
    programs       where the project's own built programs are
    internet_path  delay, loss and hops between the router and the servers; path/ is its program, in C++
    network        clients - router - internet - servers
    laboratory     one network at work: servers, dialled connections, real programs
    connection_log what was dialled, by whom, and what it is
    capture        tcpdump on the router
    labels         log -> LABELS.csv, held against the capture
    activity       one kind of traffic: what its servers do, and what a client does with them
    wrapping/      Tor, SOCKS5 and carried streams, which miners and others go through
    browser/       a real Chromium and what it is shown
    miners/        dialects that mine          benign/  what does not
    scenarios/     who talks to whom, for how long; a scenario is a file to copy and change
"""

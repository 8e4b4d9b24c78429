package host

import (
	"bytes"
	"slices"

	"tcptutor/tcp"
)

// Peers that are known to be alive: of what Linux remembers of a peer (tcp_metrics.c) only that it has had a connection which ended well,
// for tcp_max_syn_backlog's sake (KERNEL/4.22).

// maxProven bounds how many peers are remembered; the kernel's table is bounded, too.
const maxProven = 1024

func compareAddr(a, b tcp.Addr) int { return bytes.Compare(a[:], b[:]) }

// prove remembers a peer, unless tcp_no_metrics_save is set.
func (h *Host) prove(a tcp.Addr) {
	if h.Sysctl[tcp.NoMetricsSave] != 0 || len(h.proven) >= maxProven {
		return
	}
	if i, found := slices.BinarySearchFunc(h.proven, a, compareAddr); !found {
		h.proven = slices.Insert(h.proven, i, a)
	}
}

// isProven says whether a peer is remembered (tcp_metrics.c tcp_peer_is_proven).
func (h *Host) isProven(a tcp.Addr) bool {
	_, found := slices.BinarySearchFunc(h.proven, a, compareAddr)
	return found
}

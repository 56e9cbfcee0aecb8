package auth

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
)

// Names are what browsers may call this server: host names and IP addresses,
// sorted, without repeats.
type Names struct {
	DNS []string
	IPs []netip.Addr
}

// NewNames sorts host names and addresses apart and drops repeats. What is
// neither is an error.
func NewNames(hosts ...string) (Names, error) {
	var n Names
	for _, h := range hosts {
		if ip, err := netip.ParseAddr(strings.Trim(h, "[]")); err == nil {
			n.IPs = append(n.IPs, ip.Unmap().WithZone(""))
			continue
		}
		h = strings.TrimSuffix(strings.ToLower(h), ".")
		if !hostName(h) {
			return Names{}, fmt.Errorf("%q is neither a host name nor an IP address", h)
		}
		n.DNS = append(n.DNS, h)
	}
	slices.Sort(n.DNS)
	slices.SortFunc(n.IPs, netip.Addr.Compare)
	n.DNS, n.IPs = slices.Compact(n.DNS), slices.Compact(n.IPs)
	return n, nil
}

// LocalNames finds this machine's names and addresses and adds those given.
func LocalNames(extra ...string) (Names, error) {
	hosts := append([]string{"localhost", "127.0.0.1", "::1"}, extra...)
	if h, err := os.Hostname(); err == nil && hostName(strings.ToLower(h)) {
		hosts = append(hosts, h)
		if !strings.Contains(h, ".") {
			hosts = append(hosts, h+".local") // as multicast DNS announces it
		}
	}
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return Names{}, fmt.Errorf("list addresses: %w", err)
	}
	for _, a := range addrs {
		if n, ok := a.(*net.IPNet); ok {
			hosts = append(hosts, n.IP.String())
		}
	}
	return NewNames(hosts...)
}

// hostName accepts letters, digits and inner hyphens in labels of at most 63.
func hostName(h string) bool {
	if len(h) == 0 || len(h) > 253 {
		return false
	}
	for label := range strings.SplitSeq(h, ".") {
		bad := strings.ContainsFunc(label, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-'
		})
		if bad || len(label) == 0 || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
	}
	return true
}

func (n Names) netIPs() []net.IP {
	out := make([]net.IP, 0, len(n.IPs))
	for _, ip := range n.IPs {
		out = append(out, ip.AsSlice())
	}
	return out
}

func (n Names) equal(o Names) bool { return slices.Equal(n.DNS, o.DNS) && slices.Equal(n.IPs, o.IPs) }

// text lists every name, for people.
func (n Names) text() []string {
	out := slices.Clone(n.DNS)
	for _, ip := range n.IPs {
		out = append(out, ip.String())
	}
	return out
}

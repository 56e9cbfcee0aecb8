package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/stillwatch/stillwatch/internal/act"
	"github.com/stillwatch/stillwatch/internal/app"
	"github.com/stillwatch/stillwatch/internal/auth"
	"github.com/stillwatch/stillwatch/internal/house"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/simmon"
)

// Options make a demonstration.
type Options struct {
	Listen  string
	Data    string // empty for a temporary folder
	Open    bool   // open a browser
	Zone    string // IANA zone, or Local
	Version string
	Now     func() time.Time
	Out     io.Writer
	Log     *slog.Logger
	// Ahead, if set, is read for lines such as 30m: that much of the clinic's
	// time passes at once.
	Ahead io.Reader
	// Ready, if set, is told when the clinic can be used.
	Ready func(*Clinic)
}

const chairs = 6

// Clinic is a running demonstration.
type Clinic struct {
	Server   *server.Server
	clock    *Clock
	rates    *rates
	sources  map[int]*simmon.Patient
	pump     *bedPump
	pumpLink *simmon.Link
	passing  sync.Mutex // held by whoever steps the simulated patients and the pump
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// Run plays the morning, serves the clinic and returns when ctx ends.
func Run(ctx context.Context, o Options) error {
	dir := o.Data
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "stillwatch-demo-"); err != nil {
			return fmt.Errorf("make demonstration folder: %w", err)
		}
		defer func() { _ = os.RemoveAll(dir) }() // a temporary folder that stays is the system's to clear
	}
	say(o.Out, "Playing the clinic's morning …")
	c, err := Start(ctx, o, dir)
	if err != nil {
		return err
	}
	say(o.Out, welcome(c.Server.URL()))
	if o.Ahead != nil {
		say(o.Out, fmt.Sprintf("A simulated pump stands at chair %d. It takes its keys here: %s\n", pumpChair, pumpKeys))
	}
	if o.Open {
		openBrowser(ctx, c.Server.URL())
	}
	if o.Ready != nil {
		o.Ready(c)
	}
	if o.Ahead != nil {
		go c.hear(ctx, o.Ahead, o.Out)
	}
	<-ctx.Done()
	return c.Close()
}

// say writes for the person at the terminal; a closed terminal is no reason to stop.
func say(w io.Writer, s string) { _, _ = fmt.Fprintln(w, s) }

func welcome(url string) string {
	out := "\nStillwatch demonstration: " + url + "\n\nSimulated patients only. Sign in as\n"
	for _, s := range cast() {
		out += fmt.Sprintf("    %-8s password %-20q PIN %s   %s\n", s.login, s.password, s.pin, s.name)
	}
	return out + fmt.Sprintf("    %-8s password %-20q               administrator\n", adminLogin, adminPassword) +
		"\nChair 5 is free to take by hand, from check-in to closing.\nStop with Ctrl-C.\n"
}

// Start opens a demonstration in a directory and returns when it is live. A
// directory that already holds one is opened as it is.
func Start(ctx context.Context, o Options, dir string) (*Clinic, error) {
	now := o.Now()
	zone := dayZone(o.Zone, now)
	clock := NewClock(now.Add(-165*m), o.Now)
	s, err := server.Open(ctx, server.Config{
		Data: dir, Clinic: "demo", Zone: zone, Chairs: chairs, Listen: o.Listen, Plain: true,
		MLLP: "127.0.0.1:0", Networks: []string{"127.0.0.0/8"}, Version: o.Version, Demo: true, OrdersByHand: true, Gallery: true,
		Now: clock.Now, Log: o.Log,
	})
	if err != nil {
		return nil, err
	}
	c := &Clinic{Server: s, clock: clock, rates: &rates{by: map[int]float64{}}}
	c.pump = &bedPump{keys: simmon.NewPump(pumpIdentity, clock.Now())}
	c.sources, err = c.past(ctx, clock, now, c.rates)
	clock.Release()
	if err == nil {
		err = s.Start(ctx)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("play the demonstration: %w", err), s.Close())
	}
	c.live(ctx)
	return c, nil
}

// dayZone is the clinic's zone. A demonstration begun at night plays in the
// zone where it is about ten in the morning: no clinic infuses across
// midnight, and what was answered yesterday rightly does not count today.
func dayZone(asked string, now time.Time) string {
	if asked != "" && asked != "Local" {
		return asked
	}
	zone := time.Local.String()
	if zone == "Local" {
		zone = "UTC"
	}
	if h := now.In(time.Local).Hour(); h >= 4 && h < 20 {
		return zone
	}
	ahead := 10 - now.UTC().Hour() // hours east of Greenwich, -13 to 10
	if ahead < -12 {
		ahead += 24
	}
	return fmt.Sprintf("Etc/GMT%+d", -ahead) // these names count westward
}

// past plays the morning in a new directory.
func (c *Clinic) past(ctx context.Context, clock *Clock, now time.Time, r *rates) (map[int]*simmon.Patient, error) {
	sources := map[int]*simmon.Patient{}
	for chair, name := range profileOf {
		profile, err := simmon.ProfileNamed(name)
		if err != nil {
			return nil, err
		}
		sources[chair] = simmon.NewPatient(profile, uint64(chair), clock.Now())
	}
	if c.Server.FirstPassword == "" { // it has a past already, and goes on from it: its time may have been let pass
		last, _, _ := c.Server.App().Silence()
		clock.move(last)
		left, err := leftPump(ctx, c.Server.App(), clock.Now())
		if err == nil {
			c.pump = left
		}
		return sources, err
	}
	p := &player{app: c.Server.App(), clock: clock, rates: r, sources: sources, weights: weights(), pump: c.pump, visits: map[int]ident.Session{}, who: map[string]act.Actor{}}
	start := clock.Now()
	if err := p.hire(ctx, c.Server.Auth(), c.Server.FirstLogin, c.Server.FirstPassword); err != nil {
		return nil, err
	}
	ids, err := p.admit(ctx)
	if err != nil {
		return nil, err
	}
	if err := p.speak(ctx, start); err != nil { // so that every monitor is in the register
		return nil, err
	}
	if err := p.nameMonitors(ctx); err != nil {
		return nil, err
	}
	if err := errors.Join(p.adoptLibrary(ctx), p.signAlarms(ctx), p.checkRoom(ctx)); err != nil {
		return nil, err
	}
	if err := p.courses(ctx, ids); err != nil {
		return nil, err
	}
	for chair := 1; chair <= chairs; chair++ {
		p.visits[chair] = app.NewID[ident.Session](p.app)
	}
	p.write(now, ids)
	// The morning that is played had a board open at a station. Of what follows
	// nothing is claimed: nobody hears until a real page says so.
	p.sounding = []app.Place{playedStation}
	defer p.sound(false)
	return sources, p.play(ctx, start.Add(every), now)
}

// playedStation is the station of the morning that is played: as everyone and
// everything in it, it was simulated.
var playedStation = app.Place{Device: "played", Station: true, Name: "station of the played morning"}

// hire makes the staff through the same doors as an administrator would.
func (p *player) hire(ctx context.Context, a *auth.Service, login, oneTime string) error {
	here := auth.Source{Address: "127.0.0.1"}
	admin, err := settle(ctx, a, login, oneTime, adminPassword, "", here)
	if err != nil {
		return err
	}
	by, ok := admin.Actor()
	if !ok {
		return errors.New("the administrator is not signed in")
	}
	until, err := auth.ParseDate(p.clock.Now().AddDate(1, 0, 0).Format(time.DateOnly))
	if err != nil {
		return err
	}
	for _, s := range append(cast(), p.more...) {
		person := auth.Person{Login: s.login, Name: s.name, Roles: s.roles, InCharge: s.inCharge}
		for _, k := range auth.CredentialKinds() {
			person.Credentials = append(person.Credentials, auth.Credential{Kind: k, Number: "DEMO", Expires: until})
		}
		_, password, err := a.AddPerson(ctx, by, person)
		if err != nil {
			return fmt.Errorf("hire %s: %w", s.login, err)
		}
		v, err := settle(ctx, a, s.login, password, s.password, s.pin, here)
		if err != nil {
			return fmt.Errorf("settle %s: %w", s.login, err)
		}
		actor, ok := v.Actor()
		if !ok {
			return fmt.Errorf("%s is not signed in", s.login)
		}
		p.who[s.login] = actor
	}
	return nil
}

// settle signs in with a one-time password and chooses the person's own.
func settle(ctx context.Context, a *auth.Service, login, oneTime, chosen, pin string, here auth.Source) (auth.View, error) {
	in, err := a.SignIn(ctx, login, oneTime, here)
	if err != nil {
		return auth.View{}, err
	}
	if in, err = a.ChangePassword(ctx, in.View, oneTime, chosen, here); err != nil {
		return auth.View{}, err
	}
	if pin == "" {
		return in.View, nil
	}
	return in.View, a.SetPIN(ctx, in.View, chosen, pin, here)
}

func (p *player) admit(ctx context.Context) (map[int]ident.Patient, error) {
	out := map[int]ident.Patient{}
	for chair, x := range patients() {
		row, err := p.app.PutPatient(ctx, p.who["quinn"], x)
		if err != nil {
			return nil, fmt.Errorf("admit patient of chair %d: %w", chair, err)
		}
		out[chair] = row.ID
	}
	return out, nil
}

func (p *player) nameMonitors(ctx context.Context) error {
	for _, f := range p.app.Monitors() {
		for chair := 1; chair <= p.app.Chairs; chair++ {
			if f.Monitor.EUI64 != (simmon.Identity{Chair: ident.Chair(chair)}).EUI64() {
				continue
			}
			name := fmt.Sprintf("Virtual monitor %d", chair)
			if err := p.app.DescribeMonitor(ctx, p.who["okafor"], f.Monitor.ID, app.Description{Name: name, Kind: "simulated bedside monitor", Chair: ident.Chair(chair)}); err != nil {
				return err
			}
		}
	}
	return nil
}

// adoptLibrary is the director's signature under the library, without which no
// order is released.
func (p *player) adoptLibrary(ctx context.Context) error {
	refusal, err := p.app.DoHouse(ctx, p.who["weiss"], app.NewID[ident.Command](p.app), house.AdoptLibrary{Hash: p.app.Knows().Library.Hash}, nil)
	if err != nil {
		return err
	}
	if refusal != nil {
		return fmt.Errorf("adoption of the library was refused: %w", refusal)
	}
	for _, row := range p.app.Knows().Library.Rows { // two people answer for a protocol
		if !strings.HasPrefix(row.Name, "protocols/") {
			continue
		}
		refusal, err := p.app.DoHouse(ctx, p.who["moreau"], app.NewID[ident.Command](p.app), house.SignProtocol{Hash: row.Hash}, nil)
		if err != nil {
			return err
		}
		if refusal != nil {
			return fmt.Errorf("signature of %s was refused: %w", row.Name, refusal)
		}
	}
	return nil
}

// signAlarms is the director's signature, without which no infusion starts.
func (p *player) signAlarms(ctx context.Context) error {
	refusal, err := p.app.DoHouse(ctx, p.who["weiss"], app.NewID[ident.Command](p.app), house.SignAlarms{AlarmSettings: p.app.AlarmSettings()}, nil)
	if err != nil {
		return err
	}
	if refusal != nil {
		return fmt.Errorf("signature under the alarm settings was refused: %w", refusal)
	}
	return nil
}

func (p *player) checkRoom(ctx context.Context) error {
	cmd := house.CheckRoom{Room: "infusion room"}
	for _, what := range house.List() {
		item := house.Item{What: what, Present: true}
		if what.Expires() {
			item.Expiry = p.clock.Now().AddDate(0, 6, 0).Format(time.DateOnly)
		}
		cmd.Items = append(cmd.Items, item)
	}
	refusal, err := p.app.DoHouse(ctx, p.who["okafor"], app.NewID[ident.Command](p.app), cmd, nil)
	if err != nil {
		return err
	}
	if refusal != nil {
		return fmt.Errorf("room check was refused: %w", refusal)
	}
	return nil
}

// live starts the virtual monitors over real MLLP and lets them follow the pumps.
func (c *Clinic) live(ctx context.Context) {
	ctx, c.stop = context.WithCancel(ctx)
	for chair, patient := range c.sources {
		c.work.Add(1)
		go func() {
			defer c.work.Done()
			link := simmon.NewLink(c.Server.MLLPAddr().String())
			defer link.Close()
			mon := simmon.Monitor{
				Identity: simmon.Identity{Chair: ident.Chair(chair)}, Sender: link,
				Source: simmon.Live{Patient: patient, Rate: func() float64 { return c.rates.get(chair) }},
			}
			each(ctx, time.Second, func() { c.show(ctx, &mon) })
		}()
	}
	c.pumpLink = simmon.NewLink(c.Server.MLLPAddr().String())
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		defer c.pumpLink.Close()
		each(ctx, time.Second, func() { c.runPump(ctx) })
	}()
	c.work.Add(1)
	go func() {
		defer c.work.Done()
		each(ctx, 2*time.Second, func() {
			_ = c.rates.follow(ctx, c.Server.App(), chairs) // the next tick tries again
		})
	}()
}

// show sends what a monitor shows now, by the clinic's clock.
func (c *Clinic) show(ctx context.Context, mon *simmon.Monitor) {
	c.passing.Lock()
	defer c.passing.Unlock()
	_, _ = mon.SendAt(ctx, c.clock.Now()) // what could not be sent is gone, as with a real monitor
}

func each(ctx context.Context, every time.Duration, do func()) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			do()
		}
	}
}

// Close ends the monitors and the server.
func (c *Clinic) Close() error {
	c.stop()
	c.work.Wait()
	return c.Server.Close()
}

// openBrowser tries; a machine without one is told the address anyway.
func openBrowser(ctx context.Context, url string) {
	name, args := "xdg-open", []string{url}
	switch runtime.GOOS {
	case "darwin":
		name = "open"
	case "windows":
		name, args = "rundll32", []string{"url.dll,FileProtocolHandler", url}
	}
	if _, err := exec.LookPath(name); err != nil {
		return
	}
	_ = exec.CommandContext(ctx, name, args...).Start() // the address was printed
}

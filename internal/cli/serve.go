package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/stillwatch/stillwatch/internal/demo"
	"github.com/stillwatch/stillwatch/internal/ident"
	"github.com/stillwatch/stillwatch/internal/server"
	"github.com/stillwatch/stillwatch/internal/web/trust"
)

type serveCmd struct {
	Data            string   `help:"Data directory; made when it is not there." default:"./stillwatch-data" placeholder:"DIR" env:"STILLWATCH_DATA"`
	Database        string   `help:"PostgreSQL address, for many clinics; the embedded database otherwise." placeholder:"URL" env:"STILLWATCH_DATABASE"`
	Clinic          string   `help:"Short name of the clinic: lower-case letters, digits, hyphens." default:"clinic" env:"STILLWATCH_CLINIC"`
	Zone            string   `help:"IANA zone of the clinic, such as Europe/Zurich; this machine's own by default. Times that monitors send without an offset are read in it." placeholder:"ZONE" env:"STILLWATCH_ZONE"`
	Chairs          int      `help:"Number of chairs." default:"6" env:"STILLWATCH_CHAIRS"`
	Listen          string   `help:"Address of the pages." default:":8443" placeholder:"ADDR" env:"STILLWATCH_LISTEN"`
	PlainHTTP       bool     `name:"plain-http" help:"Serve pages without TLS; only on a loopback address." env:"STILLWATCH_PLAIN_HTTP"`
	TLSCert         string   `name:"tls-cert" help:"Certificate the clinic already has, in PEM. Without one the server makes its own authority and /trust brings it to tablets." placeholder:"FILE" env:"STILLWATCH_TLS_CERT"`
	TLSKey          string   `name:"tls-key" help:"Its private key." placeholder:"FILE" env:"STILLWATCH_TLS_KEY"`
	Host            []string `help:"Further names or addresses that browsers use for this server." placeholder:"NAME" env:"STILLWATCH_HOST"`
	MonitorListen   string   `help:"Address where bedside monitors connect (MLLP); empty for none." default:":2575" placeholder:"ADDR" env:"STILLWATCH_MONITOR_LISTEN"`
	MonitorNetworks []string `help:"Networks that monitors may connect from; none admits no monitor." placeholder:"PREFIX" env:"STILLWATCH_MONITOR_NETWORKS"`
	MonitorDial     []string `help:"Monitors that wait to be called, by number and port; repeat for each." placeholder:"HOST:PORT" env:"STILLWATCH_MONITOR_DIAL"`
	OrdersByHand    bool     `name:"orders-by-hand" help:"Take orders that were written by hand also once the clinic has signed protocols; without it they come from a protocol then." env:"STILLWATCH_ORDERS_BY_HAND"`
	Backup          string   `help:"Keep copies in this directory, on another disk: one each minute that something changed, one a night restored for proof. Empty keeps none." placeholder:"DIR" env:"STILLWATCH_SERVE_BACKUP"`
	Webhook         string   `help:"Address that is told of alarms, by https: a secondary notification that may not arrive. Empty tells nobody elsewhere." placeholder:"URL" env:"STILLWATCH_WEBHOOK"`
	WebhookSecret   string   `name:"webhook-secret-file" help:"File with the secret that signs what goes there, 32 bytes or more." placeholder:"FILE" env:"STILLWATCH_WEBHOOK_SECRET_FILE"`
	WebhookInsecure bool     `name:"webhook-insecure-http" help:"Let it go by plain HTTP to another machine, readable on the way." env:"STILLWATCH_WEBHOOK_INSECURE_HTTP"`
	DebugListen     string   `help:"Loopback address of metrics and profiles; empty for none." default:"127.0.0.1:9464" placeholder:"ADDR" env:"STILLWATCH_DEBUG_LISTEN"`
}

func (c serveCmd) Run(e *env) error {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		return fmt.Errorf("--tls-cert and --tls-key belong together")
	}
	if !ident.Chair(c.Chairs).Valid() {
		return fmt.Errorf("--chairs is 1 to %d, not %d", ident.MaxChair, c.Chairs)
	}
	if err := soundLibrary(); err != nil {
		return err
	}
	secret, err := c.secret()
	if err != nil {
		return err
	}
	zone, err := clinicZone(c.Zone)
	if err != nil {
		return err
	}
	server.TradeMemory()
	s, err := server.Open(e.ctx, server.Config{
		Data: c.Data, Database: c.Database, Clinic: c.Clinic, Zone: zone, Chairs: c.Chairs, Listen: c.Listen, Plain: c.PlainHTTP,
		CertFile: c.TLSCert, KeyFile: c.TLSKey, Hosts: c.Host, MLLP: c.MonitorListen, Networks: c.MonitorNetworks, Dial: c.MonitorDial, Debug: c.DebugListen, Backup: c.Backup, OrdersByHand: c.OrdersByHand,
		Webhook: c.Webhook, WebhookSecret: secret, WebhookInsecure: c.WebhookInsecure,
		Version: Version, Now: time.Now, Log: logger(e.errOut),
	})
	if err != nil {
		return err
	}
	if err := s.Start(e.ctx); err != nil {
		_ = s.Close() // the reason it did not start is the one to tell
		return err
	}
	if err := announce(e.out, s); err != nil {
		return err
	}
	<-e.ctx.Done()
	return s.Close()
}

// secret reads what signs messages to people elsewhere.
func (c serveCmd) secret() ([]byte, error) {
	if (c.Webhook == "") != (c.WebhookSecret == "") {
		return nil, errors.New("--webhook and --webhook-secret-file belong together")
	}
	if c.WebhookSecret == "" {
		return nil, nil
	}
	f, err := os.Open(c.WebhookSecret)
	if err != nil {
		return nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	const most = 8 << 10             // what is longer is refused as no secret
	raw, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil, fmt.Errorf("read the webhook's secret: %w", err)
	}
	return raw, nil
}

// announce says where the clinic is, on what its limits rest, how tablets come to trust it, and, until
// somebody has used it, the administrator's one-time password.
func announce(w io.Writer, s *server.Server) error {
	text := fmt.Sprintf("Stillwatch is at %s\nLimits: %s.\n", s.URL(), s.Library())
	if t, ok := s.Trust(); ok {
		text += fmt.Sprintf("\nTablets come to trust this server at %s/trust. Compare the fingerprint there (SHA-256):\n\n    %s\n    %s\n", s.URL(), t.Fingerprint[:48], t.Fingerprint[48:])
		if s.FirstPassword != "" {
			code, err := trust.Text(s.URL() + "/trust")
			if err != nil {
				return err
			}
			text += "\n" + code
		}
	}
	if s.FirstPassword != "" {
		text += fmt.Sprintf("\nNobody has signed in yet: sign in as %s with the one-time password\n\n    %s\n\nIt must be replaced at the first sign-in. Until then each start prints a new one.\n", s.FirstLogin, s.FirstPassword)
	}
	_, err := io.WriteString(w, text)
	return err
}

func logger(w io.Writer) *slog.Logger { return slog.New(slog.NewJSONHandler(w, nil)) }

type demoCmd struct {
	Listen string `help:"Address of the pages, loopback only: a demonstration is served without TLS." default:"127.0.0.1:8080" placeholder:"ADDR" env:"STILLWATCH_DEMO_LISTEN"`
	Data   string `help:"Keep the demonstration's data here; otherwise in a temporary folder that is removed." placeholder:"DIR" env:"STILLWATCH_DEMO_DATA"`
	NoOpen bool   `help:"Do not open a browser." env:"STILLWATCH_DEMO_NO_OPEN"`
	Ahead  bool   `help:"Let the clinic's time pass as told on standard input: a line such as 30m is played at once. To show a whole visit in minutes. A line such as 'pump stop' presses a key of the simulated pump."`
	Zone   string `help:"IANA zone of the clinic." default:"Local" env:"STILLWATCH_DEMO_ZONE"`
}

func (c demoCmd) Run(e *env) error {
	if err := soundLibrary(); err != nil {
		return err
	}
	o := demo.Options{
		Listen: c.Listen, Data: c.Data, Open: !c.NoOpen, Zone: c.Zone, Version: Version, Now: time.Now, Out: e.out,
		Log: slog.New(slog.NewTextHandler(e.errOut, &slog.HandlerOptions{Level: slog.LevelWarn})),
	}
	if c.Ahead {
		o.Ahead = os.Stdin
	}
	server.TradeMemory()
	return demo.Run(e.ctx, o)
}

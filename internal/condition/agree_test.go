package condition

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/leadgraph/leadgraph/internal/contact"
	"github.com/leadgraph/leadgraph/internal/id"
	"github.com/leadgraph/leadgraph/internal/lifecycle"
)

// noon is the instant of the random tests; what happens, happens around it.
var noon = time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC)

// custom are the custom attributes of the random tests.
var custom = []Custom{
	{Entity: EntityLead, Key: "note", Type: TypeText}, {Entity: EntityLead, Key: "budget", Type: TypeNumber},
	{Entity: EntityContact, Key: "vip", Type: TypeBoolean}, {Entity: EntityContact, Key: "born", Type: TypeTime},
	{Entity: EntityAccount, Key: "note", Type: TypeText}, {Entity: EntityAccount, Key: "seats", Type: TypeNumber},
}

// TestPostgresAgrees is the promise of the package: on any facts and any condition the answers of Go and of Postgres are the same.
// Each of its draws asks four conditions, of one level to four, of four leads; -rapid.checks=20000 makes a long run.
func TestPostgresAgrees(t *testing.T) {
	t.Parallel()
	db, reg := database(t), NewRegistry(custom)
	asked, held := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		tx, err := db.Begin(t.Context())
		require.NoError(rt, err)
		defer func() { require.NoError(rt, tx.Rollback(t.Context())) }()
		w := world{rt: rt, workspace: id.New(), reg: reg, batch: &pgx.Batch{}}
		facts := w.leads(4)
		for levels := 1; levels <= 4; levels++ {
			c := w.someCondition(levels).Draw(rt, "condition")
			p, err := Compile(&c, reg)
			require.NoError(rt, err)
			w.ask(p, func(cycle int, holds bool) {
				body, err := json.Marshal(c)
				require.NoError(rt, err)
				require.Equal(rt, holds, p.Match(facts[cycle-1]), "Postgres and Match on lead %d\n%s", cycle, body)
				require.Equal(rt, holds, p.Explain(facts[cycle-1]).Passed, "Postgres and Explain on lead %d\n%s", cycle, body)
				if asked++; holds {
					held++
				}
			})
		}
		require.NoError(rt, tx.SendBatch(t.Context(), w.batch).Close())
	})
	t.Logf("%d of %d answers were yes", held, asked)
}

// world makes leads, at once as rows and as facts.
type world struct {
	rt        *rapid.T
	workspace id.UUID
	reg       *Registry
	batch     *pgx.Batch
	texts     []string    // of the leads, so that conditions can ask for them
	times     []time.Time // likewise
}

// ask queues the question of which leads a condition holds for.
func (w *world) ask(p *Program, answer func(cycle int, holds bool)) {
	args := Args{w.workspace}
	w.batch.Queue(`select l.cycle, coalesce((`+p.SQL(&args, noon)+`), false) from leads l
		join contacts c on c.workspace_id = l.workspace_id and c.id = l.contact_id
		left join accounts a on a.workspace_id = l.workspace_id and a.id = l.account_id
		join sources s on s.workspace_id = l.workspace_id and s.id = l.source_id
		where l.workspace_id = $1`, args...).Query(func(rows pgx.Rows) error {
		var cycle int
		var holds bool
		_, err := pgx.ForEachRow(rows, []any{&cycle, &holds}, func() error {
			answer(cycle, holds)
			return nil
		})
		return err
	})
}

// insert queues a row.
func (w *world) insert(table string, columns string, values ...any) {
	places := ""
	for i := range values {
		places += fmt.Sprintf(", $%d", i+2)
	}
	w.batch.Queue("insert into "+table+" (workspace_id, "+columns+") values ($1"+places+")", append([]any{w.workspace}, values...)...)
}

// leads makes n leads with all that belongs to them; the cycle numbers them.
func (w *world) leads(n int) []*Facts {
	campaigns := map[contact.CampaignKind]id.UUID{}
	for _, kind := range contact.CampaignKinds {
		campaigns[kind] = id.New()
		w.insert("campaigns", "id, kind", campaigns[kind], kind)
	}
	var all []*Facts
	for cycle := 1; cycle <= n; cycle++ {
		f := w.reg.NewFacts(noon)
		contactID, sourceID := w.contact(f), w.source(f)
		var accountID *id.UUID
		if rapid.Bool().Draw(w.rt, "has account") {
			accountID = w.account(f)
		}
		w.lead(f, cycle, contactID, accountID, sourceID)
		var touches []Touch
		for range rapid.IntRange(0, 8).Draw(w.rt, "touches") {
			touch := someTouch().Draw(w.rt, "touch")
			touches = append(touches, touch)
			var campaign *id.UUID
			if touch.CampaignKind != "" {
				campaign = new(id.UUID)
				*campaign = campaigns[touch.CampaignKind]
			}
			w.insert("touches", "id, contact_id, campaign_id, kind, channel, direction, resource_position, occurred_at", touch.ID, contactID,
				campaign, touch.Kind, touch.Channel, touch.Direction, orNil(touch.Position), touch.At)
		}
		f.SetTouches(touches)
		all = append(all, f)
	}
	return all
}

// orNil is null for what is empty.
func orNil[T ~string](s T) *T {
	if s == "" {
		return nil
	}
	return &s
}

// text draws a text or none, also the empty one, which is none as well.
func (w *world) text(f *Facts, slot Slot) *string {
	if rapid.IntRange(0, 3).Draw(w.rt, "has text") == 0 {
		return nil
	}
	s := w.someText("text")
	f.SetText(slot, s)
	return &s
}

func (w *world) contact(f *Facts) id.UUID {
	self := id.New()
	title, function, country, zone, domain := w.text(f, ContactTitle), w.text(f, ContactFunction), w.text(f, ContactCountry), w.text(f, ContactTimeZone), w.text(f, ContactEmailDomain)
	var freeMail *bool
	if rapid.Bool().Draw(w.rt, "knows free mail") {
		freeMail = rapid.Ptr(rapid.Bool(), false).Draw(w.rt, "free mail")
		f.SetBool(ContactFreeMail, *freeMail)
	}
	email, phone := rapid.Ptr(rapid.Just("a@example.com"), true).Draw(w.rt, "email"), rapid.Ptr(rapid.Just("+4930123456"), true).Draw(w.rt, "phone")
	f.SetBool(ContactHasEmail, email != nil)
	f.SetBool(ContactHasPhone, phone != nil)
	customer := rapid.Ptr(someTime(), true).Draw(w.rt, "customer since")
	f.SetBool(ContactIsCustomer, customer != nil)
	created := w.someTime("created")
	f.SetTime(ContactCreatedAt, created)
	w.insert("contacts", "id, title, function, country, time_zone, email_domain, free_mail, email, phone, customer_since, created_at, attributes",
		self, title, function, country, zone, domain, freeMail, email, phone, customer, created, w.custom(f, EntityContact, "vip", "born"))
	return self
}

func (w *world) account(f *Facts) *id.UUID {
	self := id.New()
	name, industry := w.text(f, AccountName), w.text(f, AccountIndustry)
	employees := rapid.Ptr(rapid.SampledFrom([]int{0, 1, 49, 50, 51, 1 << 30}), true).Draw(w.rt, "employees")
	if employees != nil {
		f.SetNumber(AccountEmployees, float64(*employees))
	}
	revenue := rapid.Ptr(rapid.SampledFrom([]int64{0, 1, 99, 5000, 5001, 1<<53 + 1, 1<<63 - 1}), true).Draw(w.rt, "revenue")
	if revenue != nil {
		f.SetMinor(AccountRevenue, *revenue)
	}
	w.insert("accounts", "id, name, industry, employees, revenue_minor, attributes", self, name, industry, employees, revenue, w.custom(f, EntityAccount, "note", "seats"))
	return &self
}

func (w *world) source(f *Facts) id.UUID {
	self, kind, channel := id.New(), rapid.SampledFrom(contact.SourceKinds[:3]).Draw(w.rt, "source kind"), rapid.SampledFrom(contact.Channels[:3]).Draw(w.rt, "source channel")
	f.SetText(SourceKind, string(kind))
	f.SetText(SourceChannel, string(channel))
	w.insert("sources", "id, key, name, kind, channel", self, w.text(f, SourceKey), w.text(f, SourceName), kind, channel)
	return self
}

func (w *world) lead(f *Facts, cycle int, contactID id.UUID, accountID *id.UUID, sourceID id.UUID) {
	stage := rapid.SampledFrom(lifecycle.Stages[:4]).Draw(w.rt, "stage")
	f.SetText(LeadStage, string(stage))
	f.SetNumber(LeadCycle, float64(cycle))
	created, active := w.someTime("created"), w.someTime("active")
	f.SetTime(LeadCreatedAt, created)
	f.SetTime(LeadLastActivityAt, active)
	score := rapid.Ptr(rapid.SampledFrom([]int{0, 1, 49, 50, 51, 100}), true).Draw(w.rt, "score")
	var fit *float64
	var grade *lifecycle.FitGrade
	var band *lifecycle.Band
	if score != nil {
		fit, grade, band = new(float64(*score)/2), rapid.Ptr(rapid.SampledFrom(lifecycle.FitGrades), false).Draw(w.rt, "grade"), rapid.Ptr(rapid.SampledFrom(lifecycle.Bands), false).Draw(w.rt, "band")
		f.SetNumber(LeadScore, float64(*score))
		f.SetNumber(LeadFit, *fit)
		f.SetText(LeadFitGrade, string(*grade))
		f.SetText(LeadBand, string(*band))
	}
	w.insert("leads", "id, contact_id, account_id, source_id, stage, cycle, queue, interest, created_at, last_activity_at, attributes, score, fit, fit_grade, band, persona_id",
		id.New(), contactID, accountID, sourceID, stage, cycle, w.text(f, LeadQueue), w.text(f, LeadInterest), created, active, w.custom(f, EntityLead, "note", "budget"),
		score, fit, grade, band, w.persona(f))
}

// persona makes the persona of a lead, or none.
func (w *world) persona(f *Facts) *id.UUID {
	name := w.text(f, LeadPersona)
	if name == nil {
		return nil
	}
	self := id.New()
	negative := rapid.Bool().Draw(w.rt, "negative")
	f.SetBool(LeadNegativePersona, negative)
	w.insert("personas", "id, name, negative", self, *name, negative)
	return &self
}

// custom draws custom attributes, not always of the type they should have, or absent.
func (w *world) custom(f *Facts, e Entity, keys ...string) string {
	var body strings.Builder
	for i, key := range keys {
		if i > 0 {
			body.WriteString(", ")
		}
		text, err := json.Marshal(w.someText(key))
		require.NoError(w.rt, err)
		at, err := json.Marshal(Time(w.someTime(key)))
		require.NoError(w.rt, err)
		value := rapid.SampledFrom([]string{string(text), string(text), string(at), string(at), "true", "true", "false", "null", "{}", `["a"]`, `""`, "50", "50.0",
			"5e1", "0.1", "-0", "1e400", "-1e400", "1e-400", "1e300", "9.9e299", "1e-300", "12345678901234567890", `"2026-02-30T00:00:00Z"`,
			`"2024-02-29T23:59:59.999999+14:00"`, `"0000-01-01T00:00:00Z"`, `"2026-03-29T24:00:00Z"`, `"2026-03-29T12:00:00.0000001Z"`, `"now"`, `"50"`}).Draw(w.rt, key)
		fmt.Fprintf(&body, "%q: %s", rapid.SampledFrom([]string{key, key, key, key, "other"}).Draw(w.rt, "key"), value)
	}
	attributes := "{" + body.String() + "}"
	require.NoError(w.rt, f.SetCustom(e, []byte(attributes)))
	return attributes
}

// someText draws texts that are alike often enough to match each other, and sometimes any text at all.
func someText() *rapid.Generator[string] {
	word := rapid.SampledFrom([]string{"city", "City", "CITY", "Publicity", "manager", "MANAGER", "Straße", "STRASSE", "straẞe", "İstanbul", "ISTANBUL", "ıstanbul", "i\u0307stanbul",
		"ΛΌΓΟΣ", "λόγος", "Директор", "ДИРЕКТОР", "営業部長", "部長", "é", "e\u0301", "É", "ǅ", "ﬁ", "👩🏽‍💻", "™", "ſ", "K", "ＣＥＯ", "ｃｅｏ", "3", "²", "a", "A", "%", "_", "\\", "'"})
	gap := rapid.SampledFrom([]string{" ", " ", " ", "-", ", ", "\u00a0", "\u200d", "_", "%", "", "・", "\t\n"})
	return rapid.Custom(func(rt *rapid.T) string {
		if rapid.IntRange(0, 9).Draw(rt, "any text") == 0 {
			s := strings.ReplaceAll(rapid.StringN(0, 20, -1).Draw(rt, "text"), "\x00", "")
			return strings.ToValidUTF8(s, "")
		}
		var b strings.Builder
		for range rapid.IntRange(0, 3).Draw(rt, "words") {
			b.WriteString(word.Draw(rt, "word"))
			b.WriteString(gap.Draw(rt, "gap"))
		}
		return strings.TrimSuffix(b.String(), " ")
	})
}

// someTime draws instants at and beside the ends of windows.
func someTime() *rapid.Generator[time.Time] {
	return rapid.Custom(func(rt *rapid.T) time.Time {
		days := rapid.SampledFrom([]int{-365, -30, -7, -2, -1, -1, 0, 0, 1}).Draw(rt, "days")
		return noon.Add(time.Duration(days)*24*time.Hour + time.Duration(rapid.IntRange(-1, 1).Draw(rt, "microseconds"))*time.Microsecond)
	})
}

// someTouch draws touches of a few words, so that behaviours find some.
func someTouch() *rapid.Generator[Touch] {
	return rapid.Custom(func(rt *rapid.T) Touch {
		return Touch{
			ID: id.New(), Kind: rapid.SampledFrom(contact.TouchKinds[:3]).Draw(rt, "kind"), Channel: rapid.SampledFrom(contact.Channels[:2]).Draw(rt, "channel"),
			Direction:    rapid.SampledFrom(contact.Directions).Draw(rt, "direction"),
			Position:     rapid.SampledFrom(append([]contact.FunnelPosition{""}, contact.FunnelPositions...)).Draw(rt, "position"),
			CampaignKind: rapid.SampledFrom(append([]contact.CampaignKind{""}, contact.CampaignKinds...)).Draw(rt, "campaign"),
			At:           someTime().Draw(rt, "at"),
		}
	})
}

// someText draws a text of a lead and remembers it.
func (w *world) someText(label string) string {
	w.texts = append(w.texts, someText().Draw(w.rt, label))
	return w.texts[len(w.texts)-1]
}

// someTime draws a time of a lead and remembers it.
func (w *world) someTime(label string) time.Time {
	w.times = append(w.times, someTime().Draw(w.rt, label))
	return w.times[len(w.times)-1]
}

package contactpolicy

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/leadgraph/leadgraph/internal/clause"
	"github.com/leadgraph/leadgraph/internal/contact"
)

func TestQuietHoursGoByTheWallClock(t *testing.T) {
	t.Parallel()
	const shape = "2006-01-02 15:04:05 MST"
	for name, c := range map[string]struct {
		zone, from, to string
		at, until      string // in UTC; the same where it is not quiet
	}{
		"a night in winter": {"Europe/Berlin", "21:00", "08:00", "2026-01-10 23:30:00 UTC", "2026-01-11 07:00:00 UTC"},
		"the night in which the clocks go forward is shorter":  {"Europe/Berlin", "21:00", "08:00", "2026-03-28 20:00:00 UTC", "2026-03-29 06:00:00 UTC"},
		"the night in which they go back is longer":            {"Europe/Berlin", "21:00", "08:00", "2026-10-24 19:00:00 UTC", "2026-10-25 07:00:00 UTC"},
		"an hour that the clocks skip is not quiet":            {"Europe/Berlin", "02:00", "03:00", "2026-03-29 01:00:00 UTC", "2026-03-29 01:00:00 UTC"},
		"quiet that begins before the skipped hour ends there": {"Europe/Berlin", "01:30", "02:30", "2026-03-29 00:45:00 UTC", "2026-03-29 01:00:00 UTC"},
		"an hour that comes twice is quiet twice":              {"Europe/Berlin", "02:00", "03:00", "2026-10-25 00:00:00 UTC", "2026-10-25 02:00:00 UTC"},
		"and half of it with a break":                          {"Europe/Berlin", "02:00", "02:30", "2026-10-25 00:10:00 UTC", "2026-10-25 00:30:00 UTC"},
		"which the second time is quiet again":                 {"Europe/Berlin", "02:00", "02:30", "2026-10-25 01:10:00 UTC", "2026-10-25 01:30:00 UTC"},
		"the end is open":                                      {"UTC", "21:00", "08:00", "2026-01-10 08:00:00 UTC", "2026-01-10 08:00:00 UTC"},
		"the beginning is not":                                 {"UTC", "21:00", "08:00", "2026-01-10 21:00:00 UTC", "2026-01-11 08:00:00 UTC"},
		"a quarter of an hour from UTC":                        {"Asia/Kathmandu", "21:00", "08:00", "2026-01-10 15:15:00 UTC", "2026-01-11 02:15:00 UTC"},
		"a day that an island skipped":                         {"Pacific/Apia", "21:00", "08:00", "2011-12-30 09:00:00 UTC", "2011-12-30 18:00:00 UTC"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			q, err := (&QuietHours{FallbackZone: c.zone, Times: []QuietTime{{Key: "a", From: c.from, To: c.to}}}).ready()
			require.NoError(t, err)
			at, err := time.Parse(shape, c.at)
			require.NoError(t, err)
			until := q.free(contact.ChannelEmail, q.zone(nil), at.UnixMicro())
			require.Equal(t, c.until, time.UnixMicro(until).UTC().Format(shape))
		})
	}
}

func TestAWeekendThatFollowsANightIsOneQuietTime(t *testing.T) {
	t.Parallel()
	hours := QuietHours{FallbackZone: "UTC", Times: []QuietTime{
		{Key: "night", From: "20:00", To: "09:00"},
		{Key: "weekend", Days: []clause.Weekday{clause.Saturday, clause.Sunday}, From: "00:00", To: "24:00", Channels: []contact.Channel{contact.ChannelPhone}},
	}}
	q, err := hours.ready()
	require.NoError(t, err)
	friday := time.Date(2026, 3, 27, 20, 0, 0, 0, time.UTC)
	until := func(c contact.Channel) time.Time {
		return time.UnixMicro(q.free(c, time.UTC, friday.UnixMicro())).UTC()
	}
	require.Equal(t, friday.Add(61*time.Hour), until(contact.ChannelPhone), "Monday at nine")
	require.Equal(t, friday.Add(13*time.Hour), until(contact.ChannelEmail), "Saturday at nine")
	r := q.reason(contact.ChannelPhone, time.UTC, friday.Add(20*time.Hour).UnixMicro())
	require.Equal(t, "quietHours.weekend", *r.Clause)
}

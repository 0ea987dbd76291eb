package db

import (
	"context"
	"fmt"
)

// StageTime is how long leads stayed in a stage, in seconds.
type StageTime struct {
	Visits, Leads  int64
	Mean, P50, P90 float64
	counting       *Counting
}

// Counts are the leads that left the stage.
func (t *StageTime) Counts() *Counting { return t.counting }

// StageTimes are how long leads stayed in stages, for those that left: one statement for each report.
func (r *Reader) StageTimes(ctx context.Context, of []*FunnelStage) ([]*StageTime, error) {
	type place struct{ group, stage string }
	read := map[*asking]map[place]*StageTime{}
	out := make([]*StageTime, len(of))
	for i, s := range of {
		if read[s.ask] == nil {
			found := map[place]*StageTime{}
			err := r.stageTimes(ctx, s.ask, func(group, stage string, t *StageTime) { found[place{group, stage}] = t })
			if err != nil {
				return nil, err
			}
			read[s.ask] = found
		}
		group := everybody
		if s.group != nil {
			group = *s.group
		}
		if t := read[s.ask][place{group, string(s.Stage)}]; t != nil {
			t.counting = s.part(leaves, t.Leads)
			out[i] = t
		}
	}
	return out, nil
}

// everybody is the group of all. No team is called so, for a name is of one line.
const everybody = "\n"

func (r *Reader) stageTimes(ctx context.Context, a *asking, found func(group, stage string, t *StageTime)) error {
	q := &query{args: []any{r.Workspace}}
	from, where, key := a.source(q, visited)
	head, by := "'"+everybody+"'", "p.stage"
	if key != alike {
		head = fmt.Sprintf("case when grouping(%s) = 1 then '%s' else coalesce((%[1]s)::text, '') end", key, everybody)
		by = fmt.Sprintf("grouping sets ((p.stage), (p.stage, %s))", key)
	}
	rows, err := r.tenant.reporting().Query(ctx, fmt.Sprintf(`select %s, p.stage, count(*), count(distinct p.id), avg(p.took), percentile_cont(array[0.5, 0.9]) within group (order by p.took)
		from %s where %s group by %s`, head, from, where, by), q.args...)
	if err != nil {
		return fmt.Errorf("read times in stages: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var group, stage string
		var t StageTime
		var at []float64
		if err := rows.Scan(&group, &stage, &t.Visits, &t.Leads, &t.Mean, &at); err != nil {
			return fmt.Errorf("read times in stages: %w", err)
		}
		t.P50, t.P90 = at[0], at[1]
		found(group, stage, &t)
	}
	return rows.Err()
}

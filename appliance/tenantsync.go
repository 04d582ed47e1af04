package appliance

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"
)

// tenantCentre is what the centre says of tenants; central.Auth does.
type tenantCentre interface {
	AllTenants(ctx context.Context) ([]string, error)
	TenantGone(ctx context.Context, tenant string) (bool, error)
}

// tenantStore is what the box has of tenants; provd.Manager does.
type tenantStore interface {
	Tenants() ([]string, error)
	FormerTenants() ([]string, error)
	DeleteTenant(ctx context.Context, tenant string) (devices int, err error)
}

// tenantSync deletes what belongs to tenants that do not exist any more, in case
// the bus did not tell (spec/wazo-link.md section 4).
//
// It deletes nothing unless every one of these holds: the list of tenants is
// beyond doubt (central.Auth.AllTenants); something on the box belongs to a
// tenant of that list, or only one tenant is in question; the tenant came after
// the box was last pointed at another stack, so that one which was keeps its
// devices; and wazo-auth, asked in another way about each tenant in question, says
// of all of them that they do not exist.
type tenantSync struct {
	centre          tenantCentre
	store           tenantStore
	start, interval time.Duration // an interval of 0 switches it off
	log             *slog.Logger
	kick            chan struct{}
}

func newTenantSync(centre tenantCentre, store tenantStore, start, interval time.Duration, log *slog.Logger) *tenantSync {
	return &tenantSync{centre, store, start, interval, log, make(chan struct{}, 1)}
}

// tenantRetry is how long after a run that failed the next one is made.
const tenantRetry = 5 * time.Minute

// soon makes the next run come at once.
func (s *tenantSync) soon() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// serve runs it until ctx ends.
func (s *tenantSync) serve(ctx context.Context) error {
	if s.interval <= 0 {
		<-ctx.Done()
		return nil
	}
	wait, told := s.start, ""
	for {
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-s.kick:
			timer.Stop()
		case <-timer.C:
		}
		err := s.run(ctx)
		wait = s.interval
		if err == nil {
			told = ""
			continue
		}
		wait = min(wait, tenantRetry)
		if text := err.Error(); text != told && ctx.Err() == nil {
			s.log.Warn("devices of deleted tenants not looked for", "err", err, "retry", wait)
			told = text
		}
	}
}

func (s *tenantSync) run(ctx context.Context) error {
	here, err := s.store.Tenants()
	if err != nil || len(here) == 0 {
		return err
	}
	former, err := s.store.FormerTenants()
	if err != nil {
		return err
	}
	known, err := s.centre.AllTenants(ctx)
	if err != nil {
		return err
	}
	var unknown, kept []string
	for _, tenant := range here {
		switch {
		case slices.Contains(known, tenant):
		case slices.Contains(former, tenant):
			kept = append(kept, tenant)
		default:
			unknown = append(unknown, tenant)
		}
	}
	if len(unknown) > 1 && len(unknown) == len(here) {
		return fmt.Errorf("none of the %d tenants with devices here exists in this stack; it looks like another stack, so nothing is deleted", len(here))
	}
	for _, tenant := range unknown {
		gone, err := s.centre.TenantGone(ctx, tenant)
		if err != nil {
			return err
		}
		if !gone {
			return fmt.Errorf("tenant %s is not in the list of tenants but exists; nothing is deleted", tenant)
		}
	}
	for _, tenant := range unknown {
		n, err := s.store.DeleteTenant(ctx, tenant)
		if err != nil {
			return fmt.Errorf("delete tenant %s: %w", tenant, err)
		}
		s.log.Info("deleted what belonged to a tenant that does not exist any more", "tenant", tenant, "devices", n)
	}
	if len(kept) > 0 {
		return fmt.Errorf("the box was pointed at another stack, which does not have the tenants %q; their devices are kept, delete or move them over the REST API", kept)
	}
	return nil
}

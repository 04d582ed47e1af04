package appliance

import (
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"

	"provbox/appliance/perm"
	"provbox/appliance/settings"
)

// permDir is where gokrazy has its persistent partition.
const permDir = "/perm"

// Prepare makes the machine ready for the box before anything is written: on a
// gokrazy image the persistent partition is formatted on the first boot, and a
// config.yml in the storage directory on it replaces the settings that came with
// the image. Elsewhere it does nothing.
//
// A replacement with problems is reported and passed over: a box that does not
// start at all cannot be mended from the page.
func Prepare(s *settings.Settings, log *slog.Logger) (*settings.Settings, error) {
	if !perm.OnGokrazy() {
		return s, nil
	}
	outcome, err := perm.Ensure(perm.Gokrazy{}, permDir, log)
	if err != nil {
		return nil, err
	}
	log.Info("persistent partition", "state", outcome)
	file := filepath.Join(s.General.BaseStorageDir, "config.yml")
	own, err := settings.Load(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, nil
	case err != nil:
		log.Error("settings file passed over, the ones of the image hold", "file", file, "err", err)
		return s, nil
	}
	log.Info("settings file", "file", file)
	return own, nil
}

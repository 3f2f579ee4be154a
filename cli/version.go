package cli

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// version is what this program was built from, as the build recorded it.
type version struct {
	Version string `json:"version"`          // such as v1.2.0; devel where the build knows none
	Commit  string `json:"commit,omitempty"` // of the repository; empty where it was not built in one
	Go      string `json:"go"`
	OS      string `json:"os"`
	Arch    string `json:"arch"`
}

// builtVersion returns the version of the program that runs.
func builtVersion() version {
	v := version{Version: "devel", Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	build, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	if build.Main.Version != "" && build.Main.Version != "(devel)" {
		v.Version = build.Main.Version
	}
	for _, setting := range build.Settings {
		if setting.Key == "vcs.revision" {
			v.Commit = setting.Value
		}
	}
	return v
}

// String returns the version on one line.
func (v version) String() string {
	const shortCommit = 12
	built := fmt.Sprintf("%s, %s/%s", v.Go, v.OS, v.Arch)
	if v.Commit != "" {
		built = v.Commit[:min(len(v.Commit), shortCommit)] + ", " + built
	}
	return fmt.Sprintf("vapitap %s (%s)", v.Version, built)
}

// versionCommand is vapitap version.
func (a *app) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "say which version this is, and what it was built with",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			v := builtVersion()
			if asJSON {
				return json.NewEncoder(a.out).Encode(v)
			}
			_, err := fmt.Fprintln(a.out, v)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as a JSON object")
	return cmd
}

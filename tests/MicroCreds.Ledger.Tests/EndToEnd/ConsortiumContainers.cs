using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace MicroCreds.Ledger.Tests.EndToEnd;

/// <summary>The containers of a consortium that runs on the Docker engine, by their services' names.</summary>
internal sealed class ConsortiumContainers(string state)
{
    private string ProjectFile => Path.Combine(state, "docker", ".env");

    private string Project => File.ReadAllText(ProjectFile).Trim().Split('=')[1];

    public bool AreThere => File.Exists(ProjectFile);

    public void Kill(string service) => Docker("kill", Ids()[service]);

    public void RemoveWithVolume(string service)
    {
        Docker("rm", "--force", Ids("--all")[service]);
        Docker("volume", "rm", $"{Project}_{service}");
    }

    /// <summary>The numbers of the processes that run inside.</summary>
    public IReadOnlyDictionary<string, int> ProcessIds() => Ids().ToDictionary(
        entry => entry.Key,
        entry => int.Parse(
            Docker("inspect", "--format", "{{.State.Pid}}", entry.Value), CultureInfo.InvariantCulture));

    private Dictionary<string, string> Ids(params string[] which)
    {
        string list = Docker(
        [
            "ps", .. which, "--filter", $"label=com.docker.compose.project={Project}",
            "--format", "{{.Label \"com.docker.compose.service\"}} {{.ID}}",
        ]);
        return list.Split('\n').Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);
    }

    private static string Docker(params string[] arguments)
    {
        using var docker = Process.Start(new ProcessStartInfo("docker", arguments) { RedirectStandardOutput = true })!;
        string output = docker.StandardOutput.ReadToEnd();
        docker.WaitForExit();
        Assert.True(docker.ExitCode == 0, $"docker {string.Join(' ', arguments)} failed.");
        return output.Trim();
    }
}

using System.Diagnostics;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>A network's containers, by their services' names in its Compose file.</summary>
/// <param name="files">Where the Compose file lies.</param>
/// <param name="start">
/// Starts services of the Compose file, all of them if none is named. Default is Compose; tests bring Testcontainers.
/// </param>
internal sealed class Containers(
    DockerFiles files, Func<IReadOnlyList<string>, CancellationToken, Task>? start = null)
{
    private const string ProjectLabel = "com.docker.compose.project";
    private const string ServiceLabel = "com.docker.compose.service";

    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(250);

    private DockerCommand? _found;

    private string OfProject => $"label={ProjectLabel}={files.EnsureProject()}";

    /// <summary>Starts services that are down or whose description has changed; all of them if none is named.</summary>
    public Task UpAsync(IReadOnlyList<string> services, CancellationToken cancellation) => start is not null
        ? start(services, cancellation)
        : ComposeAsync(["up", "--detach", "--remove-orphans", .. services], cancellation);

    /// <summary>Lists all that there are, running or not.</summary>
    public async Task<IReadOnlyList<(string Name, bool Runs)>> ListAsync(CancellationToken cancellation) =>
        [.. (await FindAsync(cancellation)).Select(container => (container.Service, container.Runs))];

    /// <summary>Stops services, those that run.</summary>
    public Task StopAsync(IReadOnlyList<string> services, CancellationToken cancellation) =>
        ForEachAsync(["stop"], services, cancellation);

    /// <summary>Removes containers, whether or not the Compose file has them still; their volumes stay.</summary>
    public Task RemoveAsync(IReadOnlyList<string> services, CancellationToken cancellation) =>
        ForEachAsync(["rm", "--force"], services, cancellation);

    /// <summary>Removes all containers, on request the volumes too; returns how many containers there were.</summary>
    public async Task<int> DownAsync(bool wipe)
    {
        var containers = await FindAsync(CancellationToken.None);
        await ComposeAsync(["down", "--remove-orphans"], CancellationToken.None);
        if (wipe)
        {
            // By their label: the Compose file does not have those of former members.
            string list = await DockerCommand.RunAsync(
                ["volume", "ls", "--quiet", "--filter", OfProject], CancellationToken.None);
            string[] volumes = Lines(list);
            if (volumes.Length > 0)
            {
                await DockerCommand.RunAsync(["volume", "rm", .. volumes], CancellationToken.None);
            }
        }

        return containers.Count;
    }

    /// <summary>
    /// Runs a command in a new container of a service, with its user, its mounts and nothing else; returns what it
    /// said.
    /// </summary>
    public async Task<string> RunInsideAsync(
        string service, string[] command, Stream? input, Stream? output, CancellationToken cancellation)
    {
        var docker = await FindDockerAsync(cancellation);
        return await docker.PipeAsync(
            files.ComposeFiles,
            ["run", "--rm", "--no-deps", "-T", "--entrypoint", command[0], service, .. command[1..]],
            input, output, cancellation);
    }

    /// <summary>Tries until nothing is in the way.</summary>
    /// <exception cref="OperatorException">The time is up; what was in the way and the log's end are told.</exception>
    public async Task UntilAsync(string service, Func<Task<string?>> attempt, CancellationToken cancellation)
    {
        for (long begin = Stopwatch.GetTimestamp(); await attempt() is { } hindrance;)
        {
            if (Stopwatch.GetElapsedTime(begin) > ReadyTimeout)
            {
                string log = await ComposeAsync(["logs", "--no-color", "--tail", "15", service], cancellation);
                throw new OperatorException(
                    $"{service} was not ready within {ReadyTimeout.TotalSeconds:F0} s: {hindrance}\n{log.Trim()}");
            }

            await Task.Delay(RetryInterval, cancellation);
        }
    }

    private async Task<DockerCommand> FindDockerAsync(CancellationToken cancellation) =>
        _found ??= await DockerCommand.FindAsync(cancellation);

    private async Task<string> ComposeAsync(string[] arguments, CancellationToken cancellation)
    {
        var docker = await FindDockerAsync(cancellation);
        return await docker.ComposeAsync(files.ComposeFiles, arguments, cancellation);
    }

    private async Task ForEachAsync(string[] verb, IReadOnlyList<string> services, CancellationToken cancellation)
    {
        string[] ids = [.. (await FindAsync(cancellation))
            .Where(container => services.Contains(container.Service)).Select(container => container.Id)];
        if (ids.Length > 0)
        {
            await DockerCommand.RunAsync([.. verb, .. ids], cancellation);
        }
    }

    private async Task<IReadOnlyList<(string Service, string Id, bool Runs)>> FindAsync(CancellationToken cancellation)
    {
        await FindDockerAsync(cancellation);
        string list = await DockerCommand.RunAsync(
            [
                "ps", "--all", "--no-trunc", "--filter", OfProject,
                "--format", $"{{{{.Label \"{ServiceLabel}\"}}}} {{{{.ID}}}} {{{{.State}}}}",
            ],
            cancellation);
        return [.. Lines(list).Select(line => line.Split(' '))
            .Select(parts => (parts[0], parts[1], parts[^1] == "running"))
            .OrderBy(container => container.Item1, StringComparer.Ordinal)];
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

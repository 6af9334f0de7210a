using System.ComponentModel;
using System.Diagnostics;

namespace MicroCreds.Ledger.Operator.Engines.Docker;

/// <summary>Docker and Compose, as installed on this machine.</summary>
internal sealed class DockerCommand
{
    private const int MaxTold = 4000;

    private readonly string[] _compose;

    private DockerCommand(string[] compose) => _compose = compose;

    /// <summary>Finds Docker and Compose, and whether the daemon answers.</summary>
    /// <exception cref="UnavailableException">One is missing; the message says which, and what to do.</exception>
    public static Task<DockerCommand> FindAsync(CancellationToken cancellation) => FindAsync(TryRunAsync, cancellation);

    /// <summary>Finds them by a way of running programs that gives no answer for one that is not there.</summary>
    /// <exception cref="UnavailableException">One is missing; the message says which, and what to do.</exception>
    public static async Task<DockerCommand> FindAsync(
        Func<string[], CancellationToken, Task<CommandAnswer?>> run, CancellationToken cancellation)
    {
        var server = await run(["docker", "version", "--format", "{{.Server.Version}}"], cancellation)
            ?? throw new UnavailableException(
                "There is no docker on PATH: install Docker Engine (https://docs.docker.com/engine/install/) with the "
                + "Compose plugin, or Docker Desktop. The engines embedded and native need none of it.");
        if (server.Code != 0)
        {
            throw new UnavailableException(
                $"Docker's daemon does not answer: {server.Error.Trim()}\n"
                + "Start it (sudo systemctl start docker, or Docker Desktop), and let your user reach it "
                + "(sudo usermod -aG docker \"$USER\", then log in again); DOCKER_HOST names one that is elsewhere.");
        }

        string[][] known = [["docker", "compose"], ["docker-compose"]];
        foreach (string[] compose in known)
        {
            if (await run([.. compose, "version"], cancellation) is { Code: 0 })
            {
                return new DockerCommand(compose);
            }
        }

        throw new UnavailableException(
            "Docker is here, but Compose is not: install its plugin (the package docker-compose-plugin of Docker's own "
            + "repository, or https://docs.docker.com/compose/install/).");
    }

    /// <summary>Runs a command of Docker's; returns what it printed.</summary>
    /// <exception cref="OperatorException">It failed; the message has the command and its last words.</exception>
    public static Task<string> RunAsync(string[] arguments, CancellationToken cancellation) =>
        RunSuccessfullyAsync(["docker", .. arguments], cancellation);

    /// <summary>Runs a command of Compose's on files; the project's name lies beside them.</summary>
    /// <exception cref="OperatorException">It failed; the message has the command and its last words.</exception>
    public Task<string> ComposeAsync(
        IReadOnlyList<string> files, string[] arguments, CancellationToken cancellation) =>
        RunSuccessfullyAsync(Compose(files, arguments), cancellation);

    /// <summary>Runs a command of Compose's that reads bytes, or writes them.</summary>
    /// <param name="files">The Compose files.</param>
    /// <param name="arguments">The command.</param>
    /// <param name="input">What it reads, or null for nothing.</param>
    /// <param name="output">Where what it writes goes, or null to take it as its words.</param>
    /// <param name="cancellation">Ends the command.</param>
    /// <returns>Its words, if they did not go elsewhere.</returns>
    /// <exception cref="OperatorException">It failed; the message has the command and its last words.</exception>
    public async Task<string> PipeAsync(
        IReadOnlyList<string> files, string[] arguments, Stream? input, Stream? output,
        CancellationToken cancellation)
    {
        string[] command = Compose(files, arguments);
        return Check(command, await TryRunAsync(command, input, output, cancellation));
    }

    /// <summary>Runs a program to its end; null if there is no such program.</summary>
    public static Task<CommandAnswer?> TryRunAsync(string[] command, CancellationToken cancellation) =>
        TryRunAsync(command, input: null, output: null, cancellation);

    private static async Task<CommandAnswer?> TryRunAsync(
        string[] command, Stream? input, Stream? output, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = input is not null,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        if (process is null)
        {
            return null;
        }

        try
        {
            var told = output is null
                ? process.StandardOutput.ReadToEndAsync(cancellation)
                : CopyAsync(process.StandardOutput.BaseStream, output, cancellation);
            var error = process.StandardError.ReadToEndAsync(cancellation);
            if (input is not null)
            {
                await FeedAsync(process, input, cancellation);
            }

            await process.WaitForExitAsync(cancellation);
            return new CommandAnswer(process.ExitCode, await told, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static async Task<string> CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        await from.CopyToAsync(to, cancellation);
        return "";
    }

    private static async Task FeedAsync(Process process, Stream input, CancellationToken cancellation)
    {
        try
        {
            await input.CopyToAsync(process.StandardInput.BaseStream, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read all: its exit code and its last words say why.
        }
    }

    private string[] Compose(IReadOnlyList<string> files, string[] arguments) =>
    [
        .. _compose, "--project-directory", Path.GetDirectoryName(files[0])!,
        .. files.SelectMany(file => (string[])["--file", file]), .. arguments,
    ];

    private static Process? Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start);
        }
        catch (Win32Exception)
        {
            return null; // There is no such program.
        }
    }

    /// <summary>Runs a program, which must succeed; returns what it printed.</summary>
    /// <exception cref="OperatorException">It is not there or failed; the message has its last words.</exception>
    public static async Task<string> RunSuccessfullyAsync(string[] command, CancellationToken cancellation)
    {
        return Check(command, await TryRunAsync(command, cancellation));
    }

    private static string Check(string[] command, CommandAnswer? answer)
    {
        string line = string.Join(' ', command);
        if (answer is null)
        {
            throw new OperatorException($"{command[0]} is not there any more; it was to run: {line}");
        }

        if (answer.Code == 0)
        {
            return answer.Output;
        }

        string told = $"{answer.Output.Trim()}\n{answer.Error.Trim()}".Trim();
        throw new OperatorException($"{line} failed:\n{(told.Length > MaxTold ? "…" + told[^MaxTold..] : told)}");
    }
}

/// <summary>What a program that has ended said.</summary>
internal sealed record CommandAnswer(int Code, string Output, string Error);

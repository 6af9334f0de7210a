using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>
/// A process whose processor time is measured from outside. It ends when its input does, and so with the benchmarks,
/// however those end.
/// </summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private static readonly string ClientProgram = Path.GetFileName(typeof(ClientCommand).Assembly.Location);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();

    private WorkerProcess(Process process)
    {
        _process = process;
        process.ErrorDataReceived += (_, line) => _errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>Starts this program as a worker of the given kind.</summary>
    public static WorkerProcess StartOwn(
        IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment) =>
        Start("dotnet", [typeof(WorkerProcess).Assembly.Location, .. arguments], environment);

    /// <summary>
    /// Starts the program that calls a network through our client library: as it was built and not its copy beside
    /// this program, which lacks what this one takes from ASP.NET.
    /// </summary>
    public static WorkerProcess StartClient(IReadOnlyDictionary<string, string> environment) =>
        Start(
            "dotnet",
            [Path.GetFullPath(AppContext.BaseDirectory.Replace(
                nameof(Benchmarks), nameof(BenchmarkClient), StringComparison.Ordinal)) + ClientProgram],
            environment);

    public static WorkerProcess Start(
        string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new WorkerProcess(Process.Start(start)!);
    }

    /// <summary>Sends a command as a line of JSON and reads the line that answers it.</summary>
    /// <exception cref="BenchmarkException">The process ended instead; its last words are told.</exception>
    public async Task<T> AskAsync<T>(object command)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command, JsonSerializerOptions.Web));
        await _process.StandardInput.FlushAsync();
        string? answer = await _process.StandardOutput.ReadLineAsync();
        return answer is null
            ? throw Ended()
            : JsonSerializer.Deserialize<T>(answer, JsonSerializerOptions.Web)!;
    }

    /// <summary>Waits until the process listens.</summary>
    public async Task WaitUntilListeningAsync(string endpoint)
    {
        // Nobody reads what a server prints, and it must not wait for a reader.
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        using var timer = new PeriodicTimer(PollInterval);
        for (long begin = Stopwatch.GetTimestamp(); !await IsListeningAsync(IPEndPoint.Parse(endpoint));)
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(begin) > StartTimeout)
            {
                throw Ended();
            }

            await timer.WaitForNextTickAsync();
        }
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task<bool> IsListeningAsync(IPEndPoint endpoint)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(endpoint);
            return true;
        }
        catch (SocketException)
        {
            return false; // Not yet.
        }
    }

    private BenchmarkException Ended()
    {
        string command = $"{_process.StartInfo.FileName} {string.Join(' ', _process.StartInfo.ArgumentList)}";
        return new BenchmarkException($"{command} ended or did not answer:\n{_errors}".TrimEnd());
    }
}

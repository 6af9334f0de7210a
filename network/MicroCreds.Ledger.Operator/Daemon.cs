using System.Diagnostics;
using System.Globalization;

namespace MicroCreds.Ledger.Operator;

/// <summary>A process that outlives the command that started it: its number in a file, its output in another.</summary>
internal sealed class Daemon(string state, string name)
{
    // Where /proc/PID/stat has them, counted after the process's name.
    private const int FlagsField = 6;
    private const int StartField = 19;

    /// <summary>Linux sets this flag once a process is ending; it stays until the parent has taken note.</summary>
    private const long Exiting = 0x4;

    /// <summary>How the last line of a program's log begins that refuses to start.</summary>
    private const string Refusal = "cannot start: ";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(15);

    /// <summary>How long a socket that no process is seen to hold may be one of a process that is ending.</summary>
    private static readonly TimeSpan EndingTime = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    private long? _heldSince;

    public string Name => name;

    public string LogFile => Path.Combine(state, "logs", $"{name}.log");

    private string PidFile => Path.Combine(RunDirectory(state), $"{name}.pid");

    public static IEnumerable<Daemon> All(string state) => Directory.Exists(RunDirectory(state))
        ? Directory.GetFiles(RunDirectory(state), "*.pid").Order(StringComparer.Ordinal)
            .Select(file => new Daemon(state, Path.GetFileNameWithoutExtension(file)))
        : [];

    /// <summary>
    /// The process, if it is still the one that was started: numbers are given again. Where its file cannot be read, as
    /// a full disk leaves it, it is the one that writes to the log file, if that can be seen.
    /// </summary>
    public Process? Find()
    {
        if (!File.Exists(PidFile))
        {
            return null;
        }

        if (ReadPidFile() is not var (id, startedAt))
        {
            return LogWriter.Find(LogFile);
        }

        try
        {
            var process = Process.GetProcessById(id);
            return !process.HasExited && !IsEnding(process) && StartedAt(process) == startedAt ? process : null;
        }
        catch (Exception exception) when (exception is ArgumentException or IOException)
        {
            return null; // No process has that number any more.
        }
    }

    /// <summary>The process's number and when it started; null if the file is damaged.</summary>
    private (int Id, string StartedAt)? ReadPidFile()
    {
        string[] parts = File.ReadAllText(PidFile).Split(' ', StringSplitOptions.TrimEntries);
        return parts is [var number, { Length: > 0 } startedAt]
            && int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? (id, startedAt)
            : null;
    }

    /// <summary>Writes the process's number down at once or not at all.</summary>
    private void WritePidFile(Process process)
    {
        File.WriteAllText(
            PidFile + ".new", string.Create(CultureInfo.InvariantCulture, $"{process.Id} {StartedAt(process)}"));
        File.Move(PidFile + ".new", PidFile, overwrite: true);
    }

    public bool IsRunning
    {
        get
        {
            using var process = Find();
            return process is not null;
        }
    }

    /// <summary>Starts the process unless it is running.</summary>
    /// <param name="command">The program and its arguments.</param>
    /// <param name="environment">What it finds in its environment beside our own.</param>
    public void EnsureStarted(IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        using var process = Find();
        if (process is null)
        {
            Start(command, environment);
        }
        else if (ReadPidFile() is null)
        {
            WritePidFile(process);
        }
    }

    private void Start(IEnumerable<string> command, IReadOnlyDictionary<string, string> environment)
    {
        OpenFiles.RequireEnough();
        Directory.CreateDirectory(RunDirectory(state));
        Directory.CreateDirectory(Path.GetDirectoryName(LogFile)!);

        // The shell gives the process its own log file and lets go of it, which Process.Start alone cannot.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "log=$1; shift; nohup \"$@\" >>\"$log\" 2>&1 </dev/null & echo $!", "sh", LogFile },
            RedirectStandardOutput = true,
        };
        foreach (string part in command)
        {
            start.ArgumentList.Add(part);
        }

        foreach (var (key, value) in environment)
        {
            start.Environment[key] = value;
        }

        using var shell = Process.Start(start)!;
        string pid = shell.StandardOutput.ReadLine()
            ?? throw new OperatorException($"{name} could not be started: /bin/sh gave no process number.");
        using var process = Process.GetProcessById(int.Parse(pid, CultureInfo.InvariantCulture));
        try
        {
            WritePidFile(process);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            process.Kill(); // Nobody would find it again.
            throw new OperatorException(
                $"{name} was started, but {PidFile} cannot be written ({exception.Message}): it was ended again. Make "
                + "room on the disk, or let this user write there; then run this again.");
        }
    }

    /// <summary>Gives a running process the name of another that has ended, and its log file.</summary>
    public void TakeOver(Daemon other)
    {
        File.Move(PidFile, other.PidFile, overwrite: true);
        File.Move(LogFile, other.LogFile, overwrite: true);
    }

    /// <summary>Asks the process to end, and ends it if it does not; then forgets its number.</summary>
    public async Task StopAsync()
    {
        using var process = Find();
        if (process is not null)
        {
            using var kill = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
            long begin = Stopwatch.GetTimestamp();
            while (IsRunning)
            {
                if (Stopwatch.GetElapsedTime(begin) > StopTimeout)
                {
                    Console.Error.WriteLine(
                        $"{name} did not stop within {StopTimeout.TotalSeconds:F0} s: it was killed.");
                    process.Kill();
                    break;
                }

                await Task.Delay(PollInterval);
            }
        }

        File.Delete(PidFile);
    }

    /// <summary>Waits until the condition holds.</summary>
    /// <param name="ready">The condition.</param>
    /// <param name="timeout">How long at most; with <paramref name="atWork"/>, without progress.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="atWork">
    /// Tells what changes while the process makes progress; asked rarely. Default is null: there is none to be seen.
    /// </param>
    /// <exception cref="OperatorException">The process ended, or the time is up; its last lines are told.</exception>
    public async Task WaitAsync(
        Func<Task<bool>> ready, TimeSpan timeout, CancellationToken cancellation, Func<object>? atWork = null)
    {
        long begin = Stopwatch.GetTimestamp();
        object? before = atWork?.Invoke();
        while (true)
        {
            // What answers may be another's process that took its port: ours must be there too.
            using var process = Find();
            if (process is null)
            {
                throw new OperatorException($"{name} ended before it was ready; its last lines:\n{LastLines()}");
            }

            if (await ready())
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(begin) > timeout)
            {
                object? now = atWork?.Invoke();
                if (Equals(now, before))
                {
                    string idle = atWork is null ? "" : ", and wrote nothing in that time";
                    throw new OperatorException(
                        $"{name} was not ready within {timeout.TotalSeconds:F0} s{idle}; its last lines:\n"
                        + LastLines());
                }

                (before, begin) = (now, Stopwatch.GetTimestamp());
            }

            await Task.Delay(PollInterval, cancellation);
        }
    }

    /// <summary>Waits until the process listens at every one of these addresses, and no other in its place.</summary>
    /// <exception cref="OperatorException">
    /// The process ended, or the time is up, or another program listens at one of them.
    /// </exception>
    public Task WaitUntilListeningAsync(
        IReadOnlyCollection<string> endpoints, TimeSpan timeout, CancellationToken cancellation) =>
        WaitAsync(
            async () => await Ports.AreListeningAsync(endpoints, cancellation) && AreOurs(endpoints), timeout,
            cancellation);

    /// <summary>
    /// The same of a node that reads its ledger before it listens, which takes as long as the ledger is: the time is up
    /// once it has written nothing for so long.
    /// </summary>
    /// <param name="endpoints">Where it will listen.</param>
    /// <param name="ledger">The directory that its ledger is in.</param>
    /// <param name="patience">How long at most without progress.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public Task WaitUntilListeningAsync(
        IReadOnlyCollection<string> endpoints, string ledger, TimeSpan patience, CancellationToken cancellation) =>
        WaitAsync(
            async () => await Ports.AreListeningAsync(endpoints, cancellation) && AreOurs(endpoints), patience,
            cancellation, () => (Growth.Measure(LogFile), Growth.Measure(ledger)));

    private bool AreOurs(IReadOnlyCollection<string> endpoints)
    {
        if (!ListeningSockets.AreKnown) return true;

        using var process = Find();
        if (process is null) return false;

        foreach (string endpoint in endpoints)
        {
            if (ListeningSockets.IsHeldBy(endpoint, process.Id) != false) continue;

            // The one before it may be ending still: its socket is listed a moment longer than its owner.
            string? holder = ListeningSockets.FindHolder(endpoint);
            long now = Stopwatch.GetTimestamp();
            _heldSince ??= now;
            if (holder is null && Stopwatch.GetElapsedTime(_heldSince.Value, now) < EndingTime) return false;
            throw new OperatorException(
                $"{name} was started, but at {endpoint} another program answers "
                + $"({holder ?? "a process of another user"}): stop that one, or let up.sh choose other ports with "
                + "--free-ports on an empty state.");
        }

        _heldSince = null;
        return endpoints.All(endpoint => ListeningSockets.IsHeldBy(endpoint, process.Id) == true);
    }

    private static string RunDirectory(string state) => Path.Combine(state, "run");

    /// <summary>
    /// When a process started, the same whenever it is asked: on Linux in ticks since the system started, because a
    /// date made of them moves with every correction of the clock.
    /// </summary>
    private static string StartedAt(Process process)
    {
        if (!OperatingSystem.IsLinux())
        {
            return process.StartTime.ToUniversalTime().Ticks.ToString(CultureInfo.InvariantCulture);
        }

        return StatOf(process)[StartField];
    }

    /// <summary>
    /// Whether a process was killed and has only not been taken note of: where nobody does, as in a container without
    /// an init, its number stays for good.
    /// </summary>
    private static bool IsEnding(Process process) => OperatingSystem.IsLinux()
        && (long.Parse(StatOf(process)[FlagsField], CultureInfo.InvariantCulture) & Exiting) != 0;

    private static string[] StatOf(Process process)
    {
        // The name, in brackets, may hold anything.
        string stat = File.ReadAllText($"/proc/{process.Id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    /// <summary>Why it could not start, as a gateway says it at the end; null if it runs, or ended otherwise.</summary>
    public string? FindRefusal() => !File.Exists(LogFile) || IsRunning
        ? null
        : File.ReadLines(LogFile).LastOrDefault(line => line.Length > 0) is { } last
            && last.Contains(Refusal, StringComparison.Ordinal) ? last : null;

    private string LastLines() => File.Exists(LogFile)
        ? string.Join('\n', File.ReadAllLines(LogFile).TakeLast(15).Select(line => $"  {line}"))
        : "  (none)";
}

using System.Diagnostics;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Tests.EndToEnd;
using Npgsql;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>
/// A PostgreSQL of the tests' own, with a folder and a port of its own, durable as in production but for a loss of the
/// machine's power, which no test can bring about. PostgreSQL refuses to run as root; it then runs as the user
/// <c>postgres</c>.
/// </summary>
internal sealed class PostgresCluster : IAsyncDisposable
{
    /// <summary>The folder of PostgreSQL's programs, if it is not where Debian puts it.</summary>
    public const string Variable = "POSTGRES_BIN";

    private const string RootsStandIn = "postgres";

    private static readonly Lazy<Task<PostgresCluster>> OfThisRun = new(() => StartAsync());

    private readonly Lazy<Task<string>> _made;
    private readonly string _programs;
    private readonly string _folder;
    private readonly string _port;
    private int _databases;
    private volatile bool _isUp;

    private PostgresCluster(string programs, string folder, string port)
    {
        (_programs, _folder, _port) = (programs, folder, port);
        _made = new Lazy<Task<string>>(MakeStoreAsync);
    }

    /// <summary>Why there is none; null if there is one.</summary>
    public static string? Absence { get; } = FindAbsence();

    /// <summary>The one that all tests of this run share, each with databases of its own.</summary>
    public static Task<PostgresCluster> SharedAsync() => OfThisRun.Value;

    /// <summary>Takes the shared one away, if any test asked for it.</summary>
    public static async Task EndSharedAsync()
    {
        if (OfThisRun.IsValueCreated) await (await OfThisRun.Value).DisposeAsync();
    }

    /// <summary>Skips a test if there is no PostgreSQL.</summary>
    public static void Require() => Assert.SkipWhen(Absence is not null, Absence ?? "");

    /// <summary>Starts one.</summary>
    /// <param name="prepare">What is done before it comes up, such as further settings. Default is nothing.</param>
    public static async Task<PostgresCluster> StartAsync(Func<PostgresCluster, Task>? prepare = null)
    {
        string folder = Directory.CreateTempSubdirectory("postgres-").FullName;
        if (IsRoot) await RunAsync("chown", [RootsStandIn, folder]);
        var cluster = new PostgresCluster(FindPrograms()!, folder, FreePorts.TakeAddress().Split(':')[1]);
        await cluster.RunProgramAsync(
            "initdb", "--pgdata", cluster.Data, "--username", "gateway", "--auth", "trust", "--encoding", "UTF8",
            "--locale", "C.UTF-8");
        await (prepare?.Invoke(cluster) ?? Task.CompletedTask);
        await cluster.BringUpAsync();
        return cluster;
    }

    /// <summary>Makes an empty database and gives its setting.</summary>
    public Task<string> CreateDatabaseAsync() => CreateDatabaseAsync("template1");

    /// <summary>Makes a database with a store that nobody has used yet, as <see cref="TestStore.LayAsync"/> does.
    /// </summary>
    public async Task<string> CreateStoreAsync() => await CreateDatabaseAsync(await _made.Value);

    private async Task<string> MakeStoreAsync()
    {
        string setting = await CreateDatabaseAsync();
        await using (PostgresDatabase.Open(setting, password: null, Schema.Upgrade))
        {
            // A database is copied while nobody is connected to it.
        }

        return new NpgsqlConnectionStringBuilder(setting).Database!;
    }

    private async Task<string> CreateDatabaseAsync(string template)
    {
        string name = $"store{Interlocked.Increment(ref _databases)}";
        await using var connection = new NpgsqlConnection(SettingOf("postgres"));
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"CREATE DATABASE {name} TEMPLATE {template}";
        await command.ExecuteNonQueryAsync();
        return SettingOf(name);
    }

    /// <summary>Stops it at once, as a kill of all its processes does.</summary>
    public async Task StopAsync()
    {
        await RunProgramAsync("pg_ctl", "stop", "--pgdata", Data, "--mode", "immediate", "--wait");
        _isUp = false;
    }

    /// <summary>Starts it again.</summary>
    public async Task BringUpAsync()
    {
        if (_isUp) return;
        await RunProgramAsync(
            "pg_ctl", "start", "--pgdata", Data, "--wait", "--silent", "--log", Path.Combine(_folder, "log"),
            "--options",
            $"-c listen_addresses=127.0.0.1 -c port={_port} -c unix_socket_directories= -c max_connections=300 "
            + "-c fsync=off -c autovacuum=off");
        _isUp = true;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isUp) await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Where all of it lies.</summary>
    public string Folder => _folder;

    /// <summary>Where its files lie.</summary>
    public string Data => Path.Combine(_folder, "data");

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>The setting of a database.</summary>
    public string SettingOf(string database) =>
        $"Host=127.0.0.1;Port={_port};Username=gateway;Database={database};Maximum Pool Size=8";

    /// <summary>Runs one of PostgreSQL's programs as who it runs as.</summary>
    public Task RunProgramAsync(string program, params string[] arguments)
    {
        string path = program.StartsWith('/') ? program : Path.Combine(_programs, program);
        return IsRoot
            ? RunAsync("runuser", ["-u", RootsStandIn, "--", path, .. arguments])
            : RunAsync(path, arguments);
    }

    // What pg_ctl starts would hold pipes open for ever: words go to a file.
    private static async Task RunAsync(string program, string[] arguments)
    {
        string words = Path.GetTempFileName();
        try
        {
            string[] shell =
                ["-c", """words=$1; shift; exec "$@" >"$words" 2>&1""", "sh", words, program, .. arguments];
            using var process = Process.Start(new ProcessStartInfo("/bin/sh", shell) { WorkingDirectory = "/" })!;
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program}: {await File.ReadAllTextAsync(words)}");
        }
        finally
        {
            File.Delete(words);
        }
    }

    private static string? FindAbsence()
    {
        if (FindPrograms() is null)
        {
            return $"PostgreSQL is not installed (apt-get install postgresql), and {Variable} names no such folder.";
        }

        bool hasStandIn = File.ReadLines("/etc/passwd")
            .Any(line => line.StartsWith(RootsStandIn + ":", StringComparison.Ordinal));
        return IsRoot && !hasStandIn
            ? $"PostgreSQL does not run as root, and there is no user {RootsStandIn}."
            : null;
    }

    private static string? FindPrograms()
    {
        string? given = Environment.GetEnvironmentVariable(Variable);
        if (given is not null) return File.Exists(Path.Combine(given, "pg_ctl")) ? given : null;
        const string Versions = "/usr/lib/postgresql";
        return Directory.Exists(Versions)
            ? Directory.EnumerateDirectories(Versions).Select(folder => Path.Combine(folder, "bin"))
                .Where(folder => File.Exists(Path.Combine(folder, "pg_ctl"))).Max(StringComparer.Ordinal)
            : null;
    }
}

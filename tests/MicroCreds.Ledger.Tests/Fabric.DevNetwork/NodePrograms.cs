using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.DevNetwork;

/// <summary>The programs of tests/node and its folders with the libraries that they need, installed once.</summary>
internal static class NodePrograms
{
    private const string Modules = "node_modules";

    // Tests of several classes run at once, and two installations into one folder would take each other's files away.
    private static readonly ConcurrentDictionary<string, Lazy<Task<string>>> Installed = new(StringComparer.Ordinal);

    /// <summary>
    /// Returns the folder in which the programs can run; skips the test where Node or npm is missing.
    /// </summary>
    public static Task<string> InstallAsync(CancellationToken cancellationToken) => InstallAsync("", cancellationToken);

    /// <summary>Likewise for the programs of a folder below tests/node.</summary>
    public static Task<string> InstallAsync(string folder, CancellationToken cancellationToken)
    {
        // NODE= (set to nothing) does without: so the suite can be tried as on a machine that has none.
        if (Environment.GetEnvironmentVariable("NODE") == "" || !CanRun("node", "--version"))
        {
            Assert.Skip("The Node libraries cannot be tried: node is not on the PATH.");
        }

        if (!CanRun("npm", "--version"))
        {
            Assert.Skip("The Node libraries cannot be installed: npm is not on the PATH.");
        }

        return Installed.GetOrAdd(folder, name => new Lazy<Task<string>>(() => InstallOnceAsync(name)))
            .Value.WaitAsync(cancellationToken);
    }

    private static async Task<string> InstallOnceAsync(string folder)
    {
        string source = Path.Combine(Repository.Root, "tests", "node", folder);
        string hash = Convert.ToHexStringLower(
            SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(source, "package-lock.json"))));
        string target = Path.Combine(Repository.Root, "artifacts", "node", hash[..16]);
        Directory.CreateDirectory(target);
        foreach (string file in Directory.GetFiles(source))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)), overwrite: true);
        }

        var modules = new DirectoryInfo(Path.Combine(target, Modules));
        if (modules is { Exists: true, LinkTarget: not null }) return target;

        // What somebody has cleared away is led to anew, as is what was installed here.
        string kept = await KeepAsync(source, hash[..16]);
        if (modules.LinkTarget is not null) File.Delete(modules.FullName);
        else if (modules.Exists) modules.Delete(recursive: true);
        modules.CreateAsSymbolicLink(kept);
        return target;
    }

    /// <summary>
    /// Installs what a lock file names beside npm's own cache, where the next clone finds it: that takes minutes of a
    /// processor for all folders together.
    /// </summary>
    private static async Task<string> KeepAsync(string source, string name)
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        string here = Path.Combine(Repository.Root, "artifacts", "node-kept");
        string folder = Path.IsPathRooted(cache) ? Path.Combine(cache, "microcreds-ledger", "node") : here;
        if (!CanWrite(folder)) folder = here;
        string kept = Path.Combine(folder, name), modules = Path.Combine(kept, Modules);
        if (Directory.Exists(modules)) return modules;

        // Whole or not at all: another run may be at it, and this one may be ended.
        string unfinished = $"{kept}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(unfinished);
        try
        {
            await InstallIntoAsync(unfinished, source);
            Directory.Move(unfinished, kept);
        }
        catch (IOException) when (Directory.Exists(modules))
        {
            // Another run was quicker.
        }
        finally
        {
            if (Directory.Exists(unfinished)) Directory.Delete(unfinished, recursive: true);
        }

        return modules;
    }

    private static bool CanWrite(string folder)
    {
        try
        {
            string probe = Path.Combine(folder, $".probe-{Guid.NewGuid():N}");
            Directory.CreateDirectory(probe);
            Directory.Delete(probe);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task InstallIntoAsync(string folder, string source)
    {
        foreach (string file in (string[])["package.json", "package-lock.json"])
        {
            File.Copy(Path.Combine(source, file), Path.Combine(folder, file));
        }

        // The one native module, for hardware keys, is optional: nothing needs to be compiled.
        var (exitCode, output) = await RunAsync(
            Start("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder), EndToEnd.Until.Patience,
            CancellationToken.None);
        Assert.SkipWhen(exitCode != 0, $"The Node libraries could not be installed: {output}");
    }

    /// <summary>Describes a process whose output is read.</summary>
    public static ProcessStartInfo Start(string program, IEnumerable<string> arguments, string directory) =>
        new(program, arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

    /// <summary>Runs a process to its end; returns what it wrote.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(
        ProcessStartInfo start, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start)!;
        var output = new StringBuilder();
        void Keep(object sender, DataReceivedEventArgs line)
        {
            lock (output)
            {
                output.AppendLine(line.Data);
            }
        }

        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        try
        {
            await process.WaitForExitAsync(cancellationToken).WaitAsync(timeout, cancellationToken);
        }
        catch (TimeoutException exception)
        {
            process.Kill(entireProcessTree: true);
            lock (output)
            {
                throw new TimeoutException($"It has not ended in {timeout}, and wrote:\n{output}", exception);
            }
        }

        return (process.ExitCode, output.ToString());
    }

    private static bool CanRun(string program, string argument)
    {
        try
        {
            using var process = Process.Start(Start(program, [argument], Path.GetTempPath()))!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}

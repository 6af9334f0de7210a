using System.ComponentModel;
using System.Diagnostics;

namespace MicroCreds.Ledger.Benchmarks.Running;

/// <summary>Runs programs to their end.</summary>
internal static class Command
{
    /// <exception cref="BenchmarkException">It failed; its last words are told.</exception>
    public static async Task RunAsync(string program, IEnumerable<string> arguments, string? directory = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = directory ?? Repository.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new BenchmarkException(
                $"{program} {string.Join(' ', start.ArgumentList)} failed:\n{await output}\n{await error}".TrimEnd());
        }
    }

    public static bool Exists(string program)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, "--version") { RedirectStandardOutput = true });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // Not on the PATH.
        }
    }
}

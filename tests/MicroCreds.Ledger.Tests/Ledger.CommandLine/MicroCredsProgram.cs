using System.Diagnostics;
using MicroCreds.Ledger.Tests.Tidy;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.CommandLine;

/// <summary>The real program, run as a process.</summary>
internal static class MicroCredsProgram
{
    private const string Configuration =
#if DEBUG
        "Debug";
#else
        "Release";
#endif

    private static readonly string Program = Path.Combine(
        Repository.Root, "gateway", "MicroCreds.Ledger.CommandLine", "bin", Configuration, "net10.0", "microcreds.dll");

    /// <summary>Runs it to its end.</summary>
    public static Task<Run> RunAsync(params string[] arguments) => RunAsync(arguments, input: null);

    /// <summary>Runs it to its end.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="input">What it finds on standard input.</param>
    /// <param name="key">The API key in its environment.</param>
    public static async Task<Run> RunAsync(string[] arguments, byte[]? input, string? key = null)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("MICROCREDS_GATEWAY");
        start.Environment["MICROCREDS_API_KEY"] = key ?? "";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        if (input is not null)
            await process.StandardInput.BaseStream.WriteAsync(input, TestContext.Current.CancellationToken);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Run(process.ExitCode, await output, await error);
    }

    /// <summary>How it ended.</summary>
    /// <param name="Code">The exit code.</param>
    /// <param name="Output">What it wrote to standard output.</param>
    /// <param name="Error">What it wrote to standard error.</param>
    internal sealed record Run(int Code, string Output, string Error)
    {
        /// <summary>The lines of the output.</summary>
        public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

        /// <summary>Requires an exit code.</summary>
        public Run Ends(int code)
        {
            Assert.True(Code == code, $"exit code {Code} instead of {code}:\n{Output}\n{Error}");
            return this;
        }
    }
}

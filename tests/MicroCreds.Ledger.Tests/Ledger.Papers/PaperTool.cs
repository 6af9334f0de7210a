using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.DevNetwork;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Papers;

/// <summary>Programs that others wrote and that read PDFs: those of Poppler and of qpdf.</summary>
internal static class PaperTool
{
    /// <summary>Runs one in a folder; skips the test where it is not installed.</summary>
    public static async Task<string> RunAsync(string program, string folder, params string[] arguments)
    {
        try
        {
            var (exitCode, output) = await NodePrograms.RunAsync(
                NodePrograms.Start(program, arguments, folder), Until.Patience, TestContext.Current.CancellationToken);
            Assert.True(exitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {exitCode}:\n{output}");
            return output;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            string package = program == "qpdf" ? "qpdf" : "poppler-utils";
            Assert.Skip($"{program} is not on the PATH (Debian's package {package} has it): it judges no paper here.");
            return "";
        }
    }
}

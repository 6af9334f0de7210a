using System.Diagnostics;
using MicroCreds.Ledger.Operator.Engines.Native;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>The three scripts by which a peer takes a package of chaincode that is a service.</summary>
public sealed class ExternalBuilderTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public ExternalBuilderTests()
    {
        foreach (string name in (string[])["source", "metadata", "output", "release"])
        {
            Directory.CreateDirectory(At(name));
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("""{"type":"ccaas","label":"x"}""", true)]
    [InlineData("""{ "label": "ccaas", "type" : "ccaas" }""", true)]
    [InlineData("""{"type":"golang","label":"ccaas"}""", false)]
    public void Detect_TakesServicesOnly(string metadata, bool taken)
    {
        File.WriteAllText(At("metadata/metadata.json"), metadata);
        Assert.Equal(taken, Run("detect", "source", "metadata").Code == 0);
    }

    [Fact]
    public void Release_PutsTheConnectionWhereThePeerLooks_ForItsOwnerOnly()
    {
        File.WriteAllText(At("source/connection.json"), """{"address":"127.0.0.1:9101"}""");
        Assert.Equal(0, Run("build", "source", "metadata", "output").Code);
        Assert.Equal(0, Run("release", "output", "release").Code);
        string connection = At("release/chaincode/server/connection.json");
        Assert.Equal("""{"address":"127.0.0.1:9101"}""", File.ReadAllText(connection));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(connection));
        }
    }

    [Fact]
    public void Build_WithoutConnection_SaysWhatIsMissing()
    {
        var (code, error) = Run("build", "source", "metadata", "output");
        Assert.NotEqual(0, code);
        Assert.Contains("no connection.json", error, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_directory, name);

    private (int Code, string Error) Run(string script, params string[] directories)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The builder's scripts are for a POSIX shell.");
        var start = new ProcessStartInfo(
            Path.Combine(SettingsTemplate.BuilderDirectory, "bin", script), directories.Select(At))
        {
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}

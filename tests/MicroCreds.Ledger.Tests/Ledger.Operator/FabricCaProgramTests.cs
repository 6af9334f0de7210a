using MicroCreds.Ledger.Operator;
using MicroCreds.Ledger.Operator.Engines.Native.Authorities;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class FabricCaProgramTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("microcreds-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Program_Missing_IsNamedWithTheWayToGetIt()
    {
        var fault = Assert.Throws<UnavailableException>(() => FabricCaProgram.Find([null, "", "/nowhere", _directory]));
        Assert.Contains("fabric-ca-server", fault.Message, StringComparison.Ordinal);
        Assert.Contains("install-fabric.sh --ca-version 1.5.21 binary", fault.Message, StringComparison.Ordinal);
        Assert.Contains("FABRIC_CA_BIN", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Program_InOneOfThePlaces_IsFound()
    {
        File.WriteAllText(Path.Combine(_directory, "fabric-ca-server"), "");
        Assert.Equal(
            Path.Combine(_directory, "fabric-ca-server"), FabricCaProgram.Find([null, "/nowhere", _directory]));
    }
}

using MicroCreds.Fabric.DevNetwork;
using MicroCreds.Ledger.Tests.Tidy;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

/// <summary>The consortium as the repository describes it.</summary>
internal static class SampleConsortium
{
    public static Consortium Read() =>
        ConsortiumFile.Read(Path.Combine(Repository.Root, "network", "consortium.json"));
}

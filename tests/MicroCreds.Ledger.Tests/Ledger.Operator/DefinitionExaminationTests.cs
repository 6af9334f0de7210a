using System.Text.Json.Nodes;
using MicroCreds.Ledger.Operator.Doctoring;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Operator;

public sealed class DefinitionExaminationTests
{
    [Fact]
    public void Nobody_ApprovedANextDefinition_IsWell() => Assert.Null(Examine(null, null));

    [Fact]
    public void All_ApprovedTheSame_IsWell() => Assert.Null(Examine(Definition("1.1", "a"), Definition("1.1", "b")));

    [Fact]
    public void One_ApprovedAnother_IsNamed()
    {
        var finding = Examine(Definition("1.1", "a"), Definition("1.2", "a"));
        Assert.Contains("AuroraMSP approved version 1.1; LindenMSP approved version 1.2", finding!.Fault,
            StringComparison.Ordinal);
    }

    [Fact]
    public void One_ApprovedAlone_IsNamed()
    {
        var finding = Examine(null, Definition("1.2", "a"));
        Assert.Contains("sequence 2: LindenMSP approved version 1.2; AuroraMSP did not", finding!.Fault,
            StringComparison.Ordinal);
    }

    private static Finding? Examine(JsonObject? aurora, JsonObject? linden) => DefinitionExamination.Examine(
        "microcreds", 2,
        new Dictionary<string, JsonObject?> { ["AuroraMSP"] = aurora, ["LindenMSP"] = linden });

    /// <summary>A definition as the peer tells it; the package is each member's own.</summary>
    private static JsonObject Definition(string version, string package) => new()
    {
        ["sequence"] = 2,
        ["version"] = version,
        ["source"] = new JsonObject { ["Type"] = package },
    };
}

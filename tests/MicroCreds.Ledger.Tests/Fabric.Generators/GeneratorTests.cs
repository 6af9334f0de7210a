using Microsoft.CodeAnalysis;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Generators;

/// <summary>What is generated, and what is said of an interface that nothing can be generated of.</summary>
public sealed class GeneratorTests
{
    private const string Head = """
        using System.Text.Json.Serialization;
        using MicroCreds.Fabric.Chaincode;
        using MicroCreds.Fabric.Client;
        using MicroCreds.Fabric.Protocol;

        """;

    private const string Whole = Head + """
        [FabricContract(JsonContext = typeof(Json))]
        public interface IAssets
        {
            [Submit] Task PutAsync(Asset asset, decimal price = 1.5m, char mark = '\'', string note = "a \"note\"");
            [Evaluate] ValueTask<Asset?> GetAsync(
                string @class, Kind? kind = Kind.Small, CancellationToken stop = default);
            [Evaluate] Task<double> FarAsync(
                double to = double.NaN, float from = float.NegativeInfinity, double? high = double.PositiveInfinity);
        }

        public enum Kind { Large, Small }

        public sealed record Asset(string Name, Kind Kind, double? Weight);

        [JsonSerializable(typeof(Asset))]
        [JsonSerializable(typeof(Kind?))]
        public sealed partial class Json : JsonSerializerContext;

        public static class Both
        {
            public static IAssets Call(FabricContract contract) => contract.As<IAssets>();
            public static IAssets? Maybe(FabricContract? contract) => contract?.As<IAssets>();
            public static ContractDefinition Define(IAssets assets) => ContractDefinition.Of<IAssets>(_ => assets);
        }
        """;

    [Fact]
    public async Task Generated_ForBothSides_CompilesWithoutAWarning()
    {
        var compilation = GeneratedCode.Compile(Whole);
        Assert.Empty(await GeneratedCode.AnalyzeAsync(compilation));
        Assert.Empty(GeneratedCode.FaultsIn(compilation));
        string[] files = [.. FilesOf(GeneratedCode.Driver().RunGenerators(
            compilation, TestContext.Current.CancellationToken))];
        Assert.Equal(["IAssets_Dispatcher.g.cs", "IAssets_Proxy.g.cs"], files);
    }

    [Fact]
    public void Parameters_NamedLikeWhatIsGenerated_Compile()
    {
        var compilation = GeneratedCode.Compile(Head + """
            [FabricContract]
            public interface INames
            {
                [Submit] Task PutAsync(
                    string _calls, string calls, string values, string contract, string @this, string @global,
                    string Describe, string Register, string @async, string @object, string INames_Proxy);
                [Submit] ValueTask _calls(int _calls, CancellationToken contract = default);
                [Evaluate] ValueTask<int> ContractCalls(int global, int Task, int MicroCreds, int System);
                [Evaluate] Task<string> Describe(string var, string await, string value, string field);
            }

            public static class Both
            {
                public static INames Call(FabricContract contract) => contract.As<INames>();
                public static ContractDefinition Define(INames it) => ContractDefinition.Of<INames>(_ => it);
            }
            """);
        Assert.Empty(GeneratedCode.FaultsIn(compilation));
    }

    /// <summary>Null has a form of its own in them.</summary>
    [Theory]
    [InlineData("int?")]
    [InlineData("Guid?")]
    [InlineData("DateOnly?")]
    [InlineData("string[]?")]
    [InlineData("byte[]")]
    public async Task Result_WhoseNullIsToldApart_IsTaken(string type) => Assert.Empty(await GeneratedCode.AnalyzeAsync(
        GeneratedCode.Compile(Head + $$"""[FabricContract] interface I { [Evaluate] Task<{{type}}> A(); }""")));

    /// <summary>What the message says to add is what the compiler takes.</summary>
    [Theory]
    [InlineData("object?", "[JsonSerializable(typeof(object))]")]
    [InlineData("List<string?>?", "[JsonSerializable(typeof(List<string>))]")]
    [InlineData("DayOfWeek?", "[JsonSerializable(typeof(DayOfWeek?))]")]
    public async Task TypeOutsideTheContext_IsToldWithALineThatCompiles(string type, string line)
    {
        var found = await GeneratedCode.AnalyzeAsync(GeneratedCode.Compile(
            Head + $$"""[FabricContract] interface I { [Submit] Task A({{type}} it); }"""));
        string said = Assert.Single(found).GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains(line, said, StringComparison.Ordinal);
        Assert.DoesNotContain("as JSON", said, StringComparison.Ordinal);
    }

    /// <summary>A key pressed elsewhere in the project compiles nothing of it anew.</summary>
    [Fact]
    public void Generated_AfterAChangeElsewhere_IsTakenFromBefore()
    {
        var before = GeneratedCode.Compile(Whole);
        var driver = GeneratedCode.Driver().RunGenerators(before, TestContext.Current.CancellationToken);
        var after = before.AddSyntaxTrees(GeneratedCode.Compile("class Other;").SyntaxTrees.Last());
        var steps = driver.RunGenerators(after, TestContext.Current.CancellationToken).GetRunResult().Results[0]
            .TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs);
        Assert.All(steps, output => Assert.Equal(IncrementalStepRunReason.Cached, output.Reason));
    }

    [Theory]
    [InlineData("MCF0101", "[FabricContract] interface I<T> { [Submit] Task A(); }")]
    [InlineData("MCF0101", "[FabricContract] interface I : IDisposable { [Submit] Task A(); }")]
    [InlineData("MCF0101", "[FabricContract] interface I { [Submit] Task A(); int Size { get; } }")]
    [InlineData("MCF0101", "[FabricContract] interface I { [Submit] Task A() => Task.CompletedTask; }")]
    [InlineData("MCF0101", "[FabricContract(\"a:b\")] interface I { [Submit] Task A(); }")]
    [InlineData("MCF0101", "class Outer { [FabricContract] private interface I { [Submit] Task A(); } }")]
    [InlineData("MCF0102", "[FabricContract] interface I { Task A(); }")]
    [InlineData("MCF0102", "[FabricContract] interface I { [Submit, Evaluate] Task A(); }")]
    [InlineData("MCF0103", "[FabricContract] interface I { [Evaluate] int A(); }")]
    [InlineData("MCF0103", "[FabricContract] interface I { [Submit] void A(); }")]
    [InlineData("MCF0104", "[FabricContract] interface I { [Submit] Task A(in int size); }")]
    [InlineData("MCF0104", "[FabricContract] interface I { [Submit] Task A(Func<int> size); }")]
    [InlineData("MCF0104", "[FabricContract] interface I { [Submit] Task A(CancellationToken stop, int size); }")]
    [InlineData("MCF0104", "[FabricContract] interface I { [Submit] Task A<T>(); }")]
    [InlineData("MCF0105", "[FabricContract] interface I { [Submit] Task A(List<int> sizes); }")]
    [InlineData("MCF0105", "[FabricContract] interface I { [Evaluate] Task<DayOfWeek> A(); }")]
    [InlineData("MCF0105", """
        [FabricContract(JsonContext = typeof(C))] interface I { [Evaluate] Task<(int, string)> A(); }
        [JsonSerializable(typeof((int, string)))] partial class C : JsonSerializerContext;
        """)]
    [InlineData("MCF0105", """
        [FabricContract(JsonContext = typeof(C))] interface I { [Submit] Task A(List<int> sizes); }
        [JsonSerializable(typeof(int[]))] partial class C : JsonSerializerContext;
        """)]
    [InlineData("MCF0106", "[FabricContract] interface I { [Submit] Task A(); [Submit] Task AAsync(); }")]
    [InlineData("MCF0106", "[FabricContract] interface I { [Submit] Task A(); [Evaluate(\"A\")] Task B(); }")]
    [InlineData("MCF0107", "class C { IDisposable F(FabricContract contract) => contract.As<IDisposable>(); }")]
    [InlineData("MCF0107", """
        class C { T F<T>(FabricContract contract) where T : class => contract.As<T>(); }
        """)]
    [InlineData("MCF0107", "class C { object F() => ContractDefinition.Of<object>(_ => 1); }")]
    [InlineData("MCF0108", "[FabricContract] interface I { [Evaluate] Task<string?> A(); }")]
    [InlineData("MCF0108", "[FabricContract] interface I { [Submit] ValueTask<byte[]?> A(); }")]
    public async Task Interface_ThatNothingCanBeMadeOf_IsToldWhyAndWhatToDo(string rule, string code)
    {
        var found = await GeneratedCode.AnalyzeAsync(GeneratedCode.Compile(Head + code));
        var one = Assert.Single(found);
        Assert.Equal((rule, DiagnosticSeverity.Error), (one.Id, one.Severity));
        Assert.Contains(
            ": ", one.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    private static IEnumerable<string> FilesOf(GeneratorDriver driver) => driver.GetRunResult().Results[0]
        .GeneratedSources.Select(source => source.HintName).Order(StringComparer.Ordinal);
}

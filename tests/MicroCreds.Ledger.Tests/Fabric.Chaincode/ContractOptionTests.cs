using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>What a contract may have of its own: context, what happens around it, serializer, metadata.</summary>
public sealed class ContractOptionTests
{
    [Fact]
    public async Task Context_OfAClassOfOnesOwn_LastsAsLongAsOneTransaction()
    {
        var contract = new ContractDefinition("own")
            .WithContext(context => new CountingContext(context))
            .Submit("Count", (CountingContext context) => ++context.Count)
            .Submit("Name", (TransactionContext context) => context.TransactionName)
            .Before(context =>
            {
                ((CountingContext)context).Count = 41;
                return ValueTask.CompletedTask;
            });
        Assert.Equal("42", await CallAsync(contract, "Count"));
        Assert.Equal("42", await CallAsync(contract, "Count"));
        Assert.Equal("Name", await CallAsync(contract, "Name"));
    }

    [Fact]
    public void Context_ThatComesTooLate_OrThatNoTransactionGets_IsRefused()
    {
        var contract = new ContractDefinition("own").Submit("A", (TransactionContext _) => 1);
        Assert.Throws<InvalidOperationException>(() => contract.WithContext(one => new CountingContext(one)));
        var e = Assert.Throws<ArgumentException>(
            () => new ContractDefinition("own").Submit("A", (CountingContext _) => 1));
        Assert.Contains("must be a TransactionContext", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AroundHook_EnclosesTheOthersAndTheArguments_AndMayAnswerItself()
    {
        var seen = new List<string>();
        var contract = new ContractDefinition("own")
            .Submit("Add", (TransactionContext _, int a) => a + 1)
            .Before(_ =>
            {
                seen.Add("before");
                return ValueTask.CompletedTask;
            })
            .Around(async (context, next) =>
            {
                if (context.Stub.Arguments.Count == 1) return Response.Success("nothing to add");

                try
                {
                    var response = await next();
                    seen.Add(Encoding.UTF8.GetString(response.Payload.Span));
                    return response;
                }
                catch (ChaincodeException e)
                {
                    throw new ChaincodeException("around: " + e.Message, 422);
                }
            });
        Assert.Equal("2", await CallAsync(contract, "Add", "1"));
        Assert.Equal(["before", "2"], seen);
        Assert.StartsWith(
            "422 around: own:Add: argument 1", await CallAsync(contract, "Add", "x"), StringComparison.Ordinal);
        Assert.Equal("nothing to add", await CallAsync(contract, "Add"));
        Assert.StartsWith("404 ", await CallAsync(contract, "Other"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task AroundHook_OfAnEvaluation_MayNotWriteEither()
    {
        var contract = new ContractDefinition("own")
            .Evaluate("Read", (TransactionContext _) => 1)
            .Around(async (context, next) =>
            {
                await context.Stub.PutStateAsync("a", "b"u8.ToArray());
                return await next();
            });
        Assert.Contains("declared as an evaluation", await CallAsync(contract, "Read"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serializer_OfOnesOwn_ReadsAndWritesEverything()
    {
        var contract = new ContractDefinition("own") { Serializer = new Hexadecimal() }
            .Submit("Add", (TransactionContext _, int a, int b) => a + b);
        Assert.Equal("1e", await CallAsync(contract, "Add", "f", "f"));
        Assert.Equal(
            "400 own:Add: argument 2 (b) is wrong: 'g' is not hexadecimal; expected Int32.",
            await CallAsync(contract, "Add", "f", "g"));
    }

    [Fact]
    public async Task MetadataFile_IsAnswered_AndArgumentsAreHeldToItsSchemas()
    {
        var made = new ContractChaincode(Described());
        var document = JsonNode.Parse(made.Metadata)!;
        document["info"]!["title"] = "By hand";
        var parameters = document["contracts"]!["own"]!["transactions"]![0]!["parameters"]!.AsArray();
        parameters[0]!["schema"]!["pattern"] = "^[a-z]+$";
        parameters[0]!["schema"]!["maxLength"] = 3;
        parameters[1]!["schema"]!["minimum"] = 1;
        document["components"]!["schemas"]!["Thing"]!["properties"]!["sizes"]!["minItems"] = 1;
        document["components"]!["schemas"]!["Thing"]!["properties"]!["sizes"]!["items"]!["maximum"] = 9.5;
        string written = document.ToJsonString();
        var chaincode = made.WithMetadata(written);
        Assert.Equal(written, chaincode.Metadata);
        Assert.Equal("ok", await CallAsync(chaincode, "Put", "abc", "1", """{"sizes":[9.5]}"""));
        foreach (var (part, arguments) in new (string, string[])[]
        {
            ("argument 1 (name) is wrong: it must match ^[a-z]+$; expected text", ["a1", "1", """{"sizes":[1]}"""]),
            ("argument 1 (name) is wrong: it must have at most 3 characters", ["abcd", "1", """{"sizes":[1]}"""]),
            ("argument 2 (count) is wrong: it must be at least 1", ["abc", "0", """{"sizes":[1]}"""]),
            ("at /sizes it must have at least 1 items", ["abc", "1", """{"sizes":[]}"""]),
            ("at /sizes/1 it must be at most 9.5", ["abc", "1", """{"sizes":[1,10]}"""]),
        })
        {
            string said = await CallAsync(chaincode, ["Put", .. arguments]);
            Assert.StartsWith("400 ", said, StringComparison.Ordinal);
            Assert.Contains(part, said, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "The contract 'own' is missing")]
    [InlineData("""{"contracts":{"own":{},"other":{}}}""", "There is no contract 'other'. own:Put is missing.")]
    [InlineData("""{"contracts":{"own":{"transactions":[{"name":"Put"},{"name":"Get"}]}}}""",
        "own has no transaction 'Get'. The parameters of own:Put are name, count, thing, in this order.")]
    [InlineData("""
        {"contracts":{"own":{"transactions":[{"name":"Put","parameters":[
            {"name":"name","schema":{"contains":1}},{"name":"count","schema":{"pattern":"("}},
            {"name":"thing","schema":{"$ref":"#/components/schemas/No"}}]}]}}}
        """, "held to contains here")]
    public void MetadataFile_OfAnotherChaincode_IsRefusedWithEveryFault(string metadata, string part)
    {
        var e = Assert.Throws<ArgumentException>(
            () => new ContractChaincode(Described()).WithMetadata(metadata));
        Assert.Contains(part, e.Message, StringComparison.Ordinal);
    }

    private static ContractDefinition Described() => new ContractDefinition("own")
        .Submit("Put", (TransactionContext _, string name, int count, Thing thing) => "ok");

    private static Task<string> CallAsync(ContractDefinition contract, params string[] arguments) =>
        CallAsync(new ContractChaincode(contract), arguments);

    /// <summary>Returns the result, or status and message of an error.</summary>
    private static async Task<string> CallAsync(ContractChaincode chaincode, params string[] arguments)
    {
        await using var server = await TestServer.StartAsync(chaincode);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", arguments);
        var response = await peer.ExpectResponseAsync("tx1");
        return response.Status < 400 ? response.Payload.ToStringUtf8() : $"{response.Status} {response.Message}";
    }

    private sealed record Thing(IReadOnlyList<decimal> Sizes);

    private sealed class CountingContext(TransactionContext context) : TransactionContext(context)
    {
        public int Count { get; set; }
    }

    private sealed class Hexadecimal : IContractSerializer
    {
        public object? Read(ReadOnlyMemory<byte> bytes, Type type)
        {
            string text = Encoding.UTF8.GetString(bytes.Span);
            return int.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int number)
                ? number
                : throw new FormatException($"'{text}' is not hexadecimal");
        }

        public ReadOnlyMemory<byte> Write(object? value, Type type) =>
            Encoding.UTF8.GetBytes(((int)value!).ToString("x", CultureInfo.InvariantCulture));
    }
}

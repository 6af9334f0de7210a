using System.Text;
using System.Text.Json.Serialization;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Protocol.Peer;
using Xunit;
using Response = MicroCreds.Fabric.Chaincode.Response;
using Type = MicroCreds.Fabric.Protocol.Peer.ChaincodeMessage.Types.Type;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

public sealed class ContractTests
{
    public enum Level
    {
        Bachelor,
        MasterDegree,
    }

    [Theory]
    [InlineData("plain:Echo", "x", "x")]
    [InlineData("Echo", "", "")]
    [InlineData("Echo", "\"quoted\" {json}", "\"quoted\" {json}")]
    [InlineData("Double", "21", "42")]
    [InlineData("TaskDouble", "21", "42")]
    [InlineData("ValueTaskDouble", "21", "42")]
    [InlineData("Nothing", null, "")]
    [InlineData("NothingAsync", null, "")]
    [InlineData("NothingValueTask", null, "")]
    [InlineData("Optional", null, "7")]
    [InlineData("Optional", "8", "8")]
    [InlineData("Maybe", "null", "null")]
    [InlineData("Maybe", "1", "1")]
    [InlineData("Level", "masterDegree", "masterDegree")]
    [InlineData("Date", "2026-11-23", "2026-11-24")]
    [InlineData("Bytes", "\u0001raw", "\u0001raw")]
    [InlineData("List", "[1,2]", "[2,1]")]
    [InlineData("Record", """{"name":"é","credits":5}""", """{"name":"é!","credits":6}""")]
    public async Task Call_WithAnArgument_ReadsItAndWritesTheResult(string transaction, string? argument, string result)
    {
        var response = await CallAsync(argument is null ? [transaction] : [transaction, argument]);
        Assert.Equal((200, "", result), (response.Status, response.Message, response.Payload.ToStringUtf8()));
    }

    [Theory]
    [InlineData(400, "plain:Double: argument 1 (number) is missing, as only 0 came; expected a whole number.",
        "Double")]
    [InlineData(400, "plain:Double takes 1 argument (number: a whole number) but got 3: leave out the last 2.",
        "Double", "1", "2", "3")]
    [InlineData(400, "plain:Nothing takes no arguments () but got 1: leave out the last 1.", "Nothing", "1")]
    [InlineData(404, "There is no contract 'other'. Known: plain, second.", "other:Echo")]
    [InlineData(404, "Contract 'second' has no transaction 'Echo'. Known: Only.", "second:Echo")]
    [InlineData(404, "Contract 'second' has no transaction 'only'. Known: Only.", "second:only")]
    [InlineData(404, "Contract 'second' has no transaction ''. Known: Only.", "second:")]
    [InlineData(404, "Contract 'org.hyperledger.fabric' has no transaction 'Get'. Known: GetMetadata.",
        "org.hyperledger.fabric:Get")]
    [InlineData(409, "taken", "Refuse")]
    [InlineData(409, "taken", "RefuseAsync")]
    public async Task Call_ThatIsWrong_SaysExactlyWhat(int status, string message, params string[] arguments)
    {
        var response = await CallAsync(arguments);
        Assert.Equal((status, message), (response.Status, response.Message));
    }

    [Theory]
    [InlineData("Double", "x", "argument 1 (number) is wrong: 'x'")]
    [InlineData("Double", "", "argument 1 (number) is wrong: it is empty")]
    [InlineData("Double", "1.5", "expected a whole number")]
    [InlineData("Double", "99999999999", "expected a whole number")]
    [InlineData("Double", "null", "expected a whole number")]
    [InlineData("Level", "doctor", "expected one of bachelor, masterDegree")]
    [InlineData("Level", "1", "expected one of bachelor, masterDegree")]
    [InlineData("Date", "yesterday", "expected DateOnly")]
    [InlineData("List", "{}", "expected a JSON array")]
    [InlineData("Record", "null", "it is null; expected Credential as a JSON object")]
    [InlineData("Record", """{"name":"a"}""", "credits")]
    [InlineData("Record", """{"name":null,"credits":1}""", "name")]
    [InlineData("Record", """{"name":"a","credits":"1"}""", "$.credits")]
    [InlineData("Record", """{"name":"a","credits":1,"more":2}""", "more")]
    [InlineData("Record", """{"name":"a","name":"b","credits":1}""", "name")]
    [InlineData("Record", """{"Name":"a","Credits":1}""", "Name")]
    [InlineData("Record", """{"name":"a","credits":1} x""", "argument 1 (credential) is wrong")]
    public async Task Argument_ThatIsWrong_IsNamedWithWhatWasExpected(string transaction, string argument, string part)
    {
        var response = await CallAsync(transaction, argument);
        Assert.Equal(400, response.Status);
        Assert.StartsWith($"plain:{transaction}: argument 1 (", response.Message, StringComparison.Ordinal);
        Assert.Contains(part, response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_DeeplyNested_AreRefused()
    {
        string deep = new string('[', 1000) + new string(']', 1000);
        Assert.Equal(400, (await CallAsync("List", deep)).Status);
    }

    [Fact]
    public async Task NoArguments_OfATransaction_AreAnErrorThatListsTheKnown()
    {
        var response = await CallAsync();
        Assert.Equal(400, response.Status);
        Assert.Contains("Date, Double, Echo", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NoArguments_OfAnInit_AreASuccess()
    {
        await using var server = await TestServer.StartAsync(new ContractChaincode(Plain()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.SendAsync(new ChaincodeMessage { Type = Type.Init, Txid = "tx1", ChannelId = ScriptedPeer.Channel });
        Assert.Equal(200, (await peer.ExpectResponseAsync("tx1")).Status);
    }

    [Fact]
    public async Task OtherException_InAHandler_TellsOnlyTheTransaction()
    {
        var response = await CallAsync("Crash");
        Assert.Equal(500, response.Status);
        Assert.DoesNotContain("secret", response.Message, StringComparison.Ordinal);
        Assert.Contains("tx1", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evaluation_ThatWrites_IsRefused()
    {
        var response = await CallAsync("Sneak");
        Assert.Equal(500, response.Status);
        Assert.Contains("plain:Sneak is declared as an evaluation", response.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hooks_AroundATransaction_SeeItAndItsResult()
    {
        var seen = new List<string>();
        var contract = new ContractDefinition("hooked")
            .Submit("Add", (TransactionContext _, int a, int b) => a + b)
            .Before(context =>
            {
                seen.Add($"before {context.ContractName}:{context.TransactionName}");
                return ValueTask.CompletedTask;
            })
            .After((context, result) =>
            {
                seen.Add($"after {context.TransactionName} = {result}");
                return ValueTask.CompletedTask;
            })
            .Unknown(context => ValueTask.FromResult(Response.Success($"unknown {context.TransactionName}")));
        var chaincode = new ContractChaincode(contract);
        Assert.Equal("3", (await CallAsync(chaincode, "Add", "1", "2")).Payload.ToStringUtf8());
        Assert.Equal(["before hooked:Add", "after Add = 3"], seen);
        Assert.Equal("unknown Subtract", (await CallAsync(chaincode, "Subtract")).Payload.ToStringUtf8());
    }

    [Fact]
    public async Task BeforeHook_Throwing_KeepsTheTransactionFromRunning()
    {
        bool ran = false;
        var contract = new ContractDefinition("hooked")
            .Submit("Run", (TransactionContext _) => { ran = true; })
            .Before(_ => throw new ChaincodeException("not you", 403));
        Assert.Equal(403, (await CallAsync(new ContractChaincode(contract), "Run")).Status);
        Assert.False(ran);
    }

    [Fact]
    public async Task BeforeHook_ComesBeforeTheArgumentsAreRead()
    {
        var contract = new ContractDefinition("hooked")
            .Submit("Add", (TransactionContext _, int a) => a)
            .Before(_ => throw new ChaincodeException("not you", 403));
        Assert.Equal("not you", (await CallAsync(new ContractChaincode(contract), "Add", "one")).Message);
    }

    [Fact]
    public void Definitions_ThatCannotWork_AreRefusedWhenMade()
    {
        var contract = new ContractDefinition("c");
        Assert.Throws<ArgumentException>(() => contract.Submit("A", () => 1));
        Assert.Throws<ArgumentException>(() => contract.Submit("A", (int _) => 1));
        Assert.Throws<ArgumentException>(() => contract.Submit("", (TransactionContext _) => 1));
        var unwritable = Assert.Throws<ArgumentException>(
            () => contract.Submit("A", (TransactionContext _, Action callback) => callback()));
        Assert.Contains("parameter 'callback'", unwritable.Message, StringComparison.Ordinal);
        contract.Submit("A", (TransactionContext _) => 1);
        Assert.Throws<ArgumentException>(() => contract.Evaluate("A", (TransactionContext _) => 1));
        Assert.Throws<ArgumentException>(() => new ContractDefinition("a:b"));
        Assert.Throws<ArgumentException>(() => new ContractDefinition("org.hyperledger.fabric"));
        Assert.Throws<ArgumentException>(() => new ContractChaincode());
        Assert.Throws<ArgumentException>(() => new ContractChaincode(contract, new ContractDefinition("c")));
    }

    private static ContractDefinition Plain()
    {
        var plain = new ContractDefinition("plain");
        plain.Evaluate("Echo", (TransactionContext _, string text) => text);
        plain.Evaluate("Double", (TransactionContext _, int number) => number * 2);
        plain.Evaluate("TaskDouble", async (TransactionContext _, int number) =>
        {
            await Task.Yield();
            return number * 2;
        });
        plain.Evaluate("ValueTaskDouble", (TransactionContext _, int number) => ValueTask.FromResult(number * 2));
        plain.Submit("Nothing", (TransactionContext _) => { });
        plain.Submit("NothingAsync", (TransactionContext _) => Task.CompletedTask);
        plain.Submit("NothingValueTask", (TransactionContext _) => ValueTask.CompletedTask);
        plain.Evaluate("Optional", (TransactionContext _, int number = 7) => number);
        plain.Evaluate("Maybe", (TransactionContext _, int? number) => number);
        plain.Evaluate("Level", (TransactionContext _, Level level) => level);
        plain.Evaluate("Date", (TransactionContext _, DateOnly date) => date.AddDays(1));
        plain.Evaluate("Bytes", (TransactionContext _, byte[] bytes) => bytes);
        plain.Evaluate("List", (TransactionContext _, IReadOnlyList<int> list) => list.Reverse());
        plain.Evaluate("Record", (TransactionContext _, Credential credential) =>
            new Credential(credential.Name + "!", credential.Credits + 1));
        plain.Submit("Refuse", void (TransactionContext _) => throw new ChaincodeException("taken", 409));
        plain.Submit("RefuseAsync", Task (TransactionContext _) =>
            Task.FromException(new ChaincodeException("taken", 409)));
        plain.Submit("Crash", void (TransactionContext _) => throw new InvalidOperationException("secret"));
        plain.Evaluate("Sneak", async (TransactionContext context) =>
            await context.Stub.PutStateAsync("k", Encoding.UTF8.GetBytes("v")));
        return plain;
    }

    private static Task<MicroCreds.Fabric.Protocol.Peer.Response> CallAsync(params string[] arguments)
    {
        var second = new ContractDefinition("second").Evaluate("Only", (TransactionContext _) => 1);
        return CallAsync(new ContractChaincode(Plain(), second), arguments);
    }

    private static async Task<MicroCreds.Fabric.Protocol.Peer.Response> CallAsync(
        ContractChaincode chaincode, params string[] arguments)
    {
        await using var server = await TestServer.StartAsync(chaincode);
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint, ScriptedPeer.Batches);
        await peer.InvokeAsync("tx1", arguments);
        return await peer.ExpectResponseAsync("tx1");
    }

    public sealed record Credential(string Name, int Credits, [property: JsonIgnore] bool IsSecret = false);
}

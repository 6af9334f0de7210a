using MicroCreds.Fabric.Chaincode;
using MicroCreds.Ledger.Tests.Fabric.Chaincode;
using Xunit;

namespace MicroCreds.Ledger.Tests.Fabric.Generators;

/// <summary>A contract whose dispatcher is generated of its interface.</summary>
public sealed class DispatcherTests
{
    private const string Shape = """{"name":"a","size":1.5,"paint":"darkRed","parts":[]}""";

    [Fact]
    public void Metadata_IsThatOfTheSameContractWrittenByHand() =>
        Assert.Equal(
            new ContractChaincode(Shapes.ByHand()).Metadata, new ContractChaincode(Shapes.Typed()).Metadata);

    [Theory]
    [InlineData("Echo", "\"x\" {y}", "\"x\" {y}")]
    [InlineData("shapes:Twice", "21", "42")]
    [InlineData("Not", "true", "false")]
    [InlineData("Next", "bachelor", "masterDegree")]
    [InlineData("Reverse", "abc", "cba")]
    [InlineData("Tomorrow", "2026-11-30", "2026-12-01")]
    [InlineData("Never", null, "")]
    [InlineData("Half", "3", "1.5")]
    [InlineData("Half", "null", "null")]
    [InlineData("Grow", Shape,
        """{"name":"a","size":2.5,"paint":"darkRed","parts":[],"made":null,"note":"MasterDegree without"}""")]
    [InlineData("Repeat", Shape,
        """
        [{"name":"a","size":1.5,"paint":"darkRed","parts":[],"made":null,"note":null},
        """ + """{"name":"a","size":1.5,"paint":"darkRed","parts":[],"made":null,"note":null}]""")]
    public async Task Call_IsReadAndAnswered_AsAContractWrittenByHandDoes(
        string transaction, string? argument, string result)
    {
        var (status, text) = await CallAsync(argument is null ? [transaction] : [transaction, argument]);
        Assert.Equal((200, result), (status, text));
    }

    [Theory]
    [InlineData("shapes:Twice: argument 1 (number) is missing, as only 0 came; expected a whole number.", "Twice")]
    [InlineData("shapes:Next: argument 1 (level) is wrong: 'Bachelor', it is not one of the names as they are written; "
        + "expected one of bachelor, masterDegree.", "Next", "Bachelor")]
    [InlineData("shapes:Echo takes 1 argument (text: text) but got 2: leave out the last 1.", "Echo", "a", "b")]
    [InlineData("shapes:Write is declared as an evaluation, so it cannot write: declare it by Submit.", "Write", "a")]
    public async Task Call_ThatIsWrong_SaysWhat(string message, params string[] arguments)
    {
        var (status, text) = await CallAsync(arguments);
        Assert.True(status >= 400, text);
        Assert.Equal(message, text);
    }

    [Fact]
    public void Of_WhatIsNoInterfaceOfAContract_SaysWhatToDo()
    {
        var e = Assert.Throws<InvalidOperationException>(() => Hidden.Define<IDisposable>());
        Assert.Contains("FabricContract", e.Message, StringComparison.Ordinal);
    }

    private static async Task<(int Status, string Text)> CallAsync(params string[] arguments)
    {
        await using var server = await TestServer.StartAsync(new ContractChaincode(Shapes.Typed()));
        await using var peer = await ScriptedPeer.ConnectAsync(server.Endpoint);
        await peer.InvokeAsync("tx1", arguments);
        var response = await peer.ExpectResponseAsync("tx1");
        return (response.Status, response.Status < 400 ? response.Payload.ToStringUtf8() : response.Message);
    }

    private static class Hidden
    {
#pragma warning disable MCF0107 // What the compiler refuses is tried here.
        public static ContractDefinition Define<T>()
            where T : class => ContractDefinition.Of<T>(_ => null!);
#pragma warning restore MCF0107 // As above.
    }
}

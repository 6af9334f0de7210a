using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Fabric.Testing;
using MicroCreds.Ledger.Tests.Fabric.Testing;
using Xunit;
using ChaincodeException = MicroCreds.Fabric.Chaincode.ChaincodeException;

namespace MicroCreds.Ledger.Tests.Fabric.Chaincode;

/// <summary>What a chaincode's server tells of the transactions that it runs.</summary>
public sealed class TelemetryTests
{
    private const string BrokenStatus = "599";

    private readonly string _name = $"cc{Guid.NewGuid():N}";

    [Fact]
    public async Task Transaction_IsCounted_ByNamesThatNobodyCanMakeUp()
    {
        var figures = new ConcurrentQueue<Dictionary<string, object?>>();
        using var listener = ListenedTelemetry.TakeTags(
            figures, ChaincodeTelemetry.Name, ChaincodeTelemetry.DurationMetric);
        await using var ledger = await StartAsync();
        var client = ledger.NewClient();
        await Assert.ThrowsAsync<ChaincodeException>(() => ledger.EvaluateAsync(client, "Break"));
        await ledger.EvaluateAsync(client, "Get");
        await Assert.ThrowsAsync<ChaincodeException>(() => ledger.EvaluateAsync(client, "made up by somebody"));
        await Assert.ThrowsAsync<ChaincodeException>(() => ledger.EvaluateAsync(client, "Get", "too many"));

        // Of this chaincode are those that name it; what stays unnamed may be another test's.
        string[] said =
            [.. figures.Select(tags => $"{tags[ChaincodeTelemetry.MethodTag]} {tags[ChaincodeTelemetry.StatusTag]}")];
        Assert.Equal(
            [$"{_name}/Get 200", $"{_name}/Get 400"],
            said.Where(one => one.StartsWith(_name, StringComparison.Ordinal)));
        Assert.DoesNotContain(said, one => one.Contains("made up", StringComparison.Ordinal));
        Assert.Contains(figures, tags => Equals(tags[ChaincodeTelemetry.MethodTag], "_OTHER")
            && Equals(tags.GetValueOrDefault(ChaincodeTelemetry.ErrorTag), BrokenStatus));
    }

    [Theory]
    [InlineData("Get", "200", ActivityStatusCode.Unset)]
    [InlineData("Refuse", "404", ActivityStatusCode.Unset)]
    [InlineData("Fail", "500", ActivityStatusCode.Error)]
    public async Task TraceOfTheClient_GoesOnInTheChaincode(string function, string status, ActivityStatusCode code)
    {
        var spans = new ConcurrentQueue<Activity>();
        using var source = new ActivitySource(_name);
        using var listener = ListenedTelemetry.TakeSpans(spans, _name, ChaincodeTelemetry.Name);
        await using var ledger = await StartAsync();
        using var request = source.StartActivity("request")!;
        try
        {
            await ledger.EvaluateAsync(ledger.NewClient(), function, new ProposalOptions { CarriesTrace = true });
        }
        catch (ChaincodeException)
        {
            // The span says so, too.
        }

        var span = Assert.Single(spans, span => span.OperationName == $"{_name}/{function}");
        Assert.Equal((request.TraceId, request.SpanId), (span.TraceId, span.ParentSpanId));
        Assert.Equal((ActivityKind.Server, code), (span.Kind, span.Status));
        Assert.Equal(status, span.GetTagItem(ChaincodeTelemetry.StatusTag));
        Assert.Equal("mychannel", span.GetTagItem(ChaincodeTelemetry.ChannelTag));
    }

    private Task<TestLedger> StartAsync()
    {
        var contract = new ContractDefinition("contract");
        contract.Evaluate("Get", (TransactionContext _) => "got");
        contract.Evaluate("Refuse", string (TransactionContext _) => throw new ChaincodeException("no", 404));
        contract.Evaluate("Break", string (TransactionContext _) => throw new ChaincodeException(
            "Nobody else's status is this one.", int.Parse(BrokenStatus, CultureInfo.InvariantCulture)));
        contract.Evaluate("Fail", string (TransactionContext _) => throw new InvalidOperationException("a fault"));
        return TestLedger.StartAsync(new ContractChaincode(contract), new() { ChaincodeName = _name });
    }
}

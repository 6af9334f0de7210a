using System.Diagnostics;
using MicroCreds.Fabric.Chaincode;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Gateway;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>What the contract's own process sends to a collector.</summary>
public sealed class ContractTraceTests(ContractTraceTests.TracedFixture ledger)
    : IClassFixture<ContractTraceTests.TracedFixture>
{
    private const string Source = "MicroCreds.Ledger.Tests.ContractTrace";

    [Fact]
    public async Task Submit_WithARecordedTrace_HasASpanInTheContractsProcess()
    {
        using var source = new ActivitySource(Source);
        using var listener = Listen();
        using var trace = source.StartActivity("request")!;
        var proposal = Contract.NewProposal(
            TransactionNames.GetFounding, new ProposalOptions { CarriesTrace = true });
        await proposal.EndorseAsync(cancellationToken: TestContext.Current.CancellationToken);

        byte[] traceId = Convert.FromHexString(trace.TraceId.ToHexString());
        byte[] spanId = Convert.FromHexString(trace.SpanId.ToHexString());
        await Until.TrueAsync(
            () => Task.FromResult(ledger.Collector.Received.Contains(
                proposal.TransactionId, StringComparison.Ordinal)),
            () => "The contract's process sent no span of the transaction.");
        string[] said =
        [
            "microcreds-contract", "microcreds/GetFounding", "rpc.system.name", "rpc.method", "fabric.channel",
            ledger.Channel,
        ];
        Assert.All(said, text => Assert.Contains(text, ledger.Collector.Received, StringComparison.Ordinal));
        Assert.True(ledger.Collector.HasBytes(traceId), "The contract's span is of another trace.");
        Assert.True(ledger.Collector.HasBytes(spanId), "The contract's span has another parent.");
    }

    [Fact]
    public async Task Submit_WithATrace_EndorsesWhatItWouldWithout()
    {
        using var source = new ActivitySource(Source);
        using var listener = Listen();
        using var trace = source.StartActivity("request")!;
        var proposal = Contract.NewProposal(
            TransactionNames.GetFounding, new ProposalOptions { CarriesTrace = true });
        var transaction = await proposal.EndorseAsync(cancellationToken: TestContext.Current.CancellationToken);

        Assert.Contains(trace.TraceId.ToHexString(), Text(proposal.ToBytes()), StringComparison.Ordinal);
        Assert.DoesNotContain(trace.TraceId.ToHexString(), Text(transaction.ToBytes()), StringComparison.Ordinal);
        Assert.DoesNotContain("traceparent", Text(transaction.ToBytes()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void NewProposal_NotRecordedOrNotAsked_CarriesNoTrace(bool carries, bool isRecorded)
    {
        using var source = new ActivitySource(Source);
        using var listener = Listen(
            isRecorded ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.AllData);
        using var trace = source.StartActivity("request")!;
        var proposal = Contract.NewProposal(
            TransactionNames.GetFounding, new ProposalOptions { CarriesTrace = carries });

        Assert.DoesNotContain("traceparent", Text(proposal.ToBytes()), StringComparison.Ordinal);
    }

    private FabricContract Contract => ledger[LedgerFixture.Aurora].User;

    private static string Text(byte[] bytes) => System.Text.Encoding.Latin1.GetString(bytes);

    private static ActivityListener Listen(
        ActivitySamplingResult sampling = ActivitySamplingResult.AllDataAndRecorded)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Source,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => sampling,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>A consortium of whose contracts one is a process that exports to a collector.</summary>
    public sealed class TracedFixture : LedgerFixture, IAsyncLifetime
    {
        internal OtlpCollector Collector { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            Collector = await OtlpCollector.StartAsync();
            await base.InitializeAsync();
        }

        async ValueTask IAsyncDisposable.DisposeAsync()
        {
            await DisposeAsync();
            await Collector.DisposeAsync();
        }

        protected override async Task<IAsyncDisposable> StartServerAsync(
            string mspId, ChaincodeServerOptions options) => mspId == Aurora
            ? await ContractProcess.StartAsync(
                options, ("OTEL_EXPORTER_OTLP_ENDPOINT", Collector.Address), ("OTEL_BSP_SCHEDULE_DELAY", "100"))
            : await base.StartServerAsync(mspId, options);
    }
}

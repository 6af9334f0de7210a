using System.Runtime.CompilerServices;
using MicroCreds.Fabric.Protocol;
using MicroCreds.Fabric.Protocol.Common;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.StatusLists;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Ledger;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Publishing;
using MicroCreds.Ledger.Model;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MicroCreds.Ledger.Tests.Histories.Driving;

/// <summary>
/// What of a gateway answers verifiers, put together from the gateway's own parts and following a history's channel.
/// </summary>
internal sealed class HistoryGateway : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HistoryChannel _channel;
    private readonly ServiceProvider _services;
    private bool _isDisposed;

    private HistoryGateway(HistoryChannel channel, ServiceProvider services) =>
        (_channel, _services) = (channel, services);

    private LedgerProjection Projection => Get<LedgerProjection>();

    /// <summary>Starts one on a directory, new or from before.</summary>
    public static async Task<HistoryGateway> StartAsync(HistoryChannel channel, string directory)
    {
        var options = new GatewayServiceOptions
        {
            MspId = HistoryChannel.Organizations.Keys.First(),
            PeerEndpoint = "127.0.0.1:1",
            PeerTlsCa = "",
            UserCert = "",
            UserKey = "",
            DataDirectory = directory,
        };
        var services = new ServiceCollection().AddSingleton(options)
            .AddSingleton<TimeProvider>(ContractServer.Clock)
            .AddSingleton(typeof(ILogger<>), typeof(NullLogger<>))
            .AddSingleton<ILedgerConnection>(new Wire(channel, options.MspId))
            .AddSingleton<LedgerDoor>()
            .AddSingleton(_ => LedgerProjection.Open(options)).AddSingleton<ProjectedRecords>()
            .AddSingleton<ProjectionFollower>().AddSingleton<ILedgerView, LedgerView>()
            .AddSingleton<LedgerIdentity>().AddSingleton(provider => new CredentialVerifier(
                provider.GetRequiredService<ILedgerView>(), provider.GetRequiredService<TimeProvider>(),
                () => provider.GetRequiredService<LedgerIdentity>().Verification))
            .AddSingleton(new ForeignSignatures(web: null, ContractServer.Clock)).AddSingleton<ReceivedVerifier>()
            .AddSingleton<Recognitions>().AddSingleton<ListedStatuses>();
        var gateway = new HistoryGateway(channel, services.BuildServiceProvider());
        await gateway.Get<ProjectionFollower>().StartAsync(CancellationToken.None);
        await gateway.Get<LedgerIdentity>().StartAsync(CancellationToken.None);
        await gateway.CatchUpAsync();
        return gateway;
    }

    /// <summary>The name of the ledger as statements carry it.</summary>
    public static string LedgerNameOf(HistoryChannel channel) =>
        LedgerName.Of(HistoryChannel.Name, BlockHash.OfHeader(channel.Blocks[0].Header));

    /// <summary>Waits until it has read every block.</summary>
    public async Task CatchUpAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await Projection.WaitForAsync(_channel.Newest, patience.Token);
        }
        catch (OperationCanceledException)
        {
            throw new Disagreement($": the gateway does not get beyond block {Projection.NextBlock - 1}");
        }
    }

    public Institution? FindInstitution(string mspId) => Projection.Institutions.GetValueOrDefault(mspId);

    public ValueTask<Verdict> VerifyAsync(byte[] document) => Get<CredentialVerifier>().VerifyAsync(document);

    /// <summary>Tells what each institution makes of one credential that is sent whole.</summary>
    public async Task<IReadOnlyList<RecognitionAnswer>> RecognizeAsync(byte[] document)
    {
        var recognitions = Get<Recognitions>();
        var credential = Assert.Single(await recognitions.ReadAsync(document, CancellationToken.None));
        return recognitions.Answer([credential], null).Items[0].Recognitions;
    }

    /// <summary>Tells what each institution makes of one credential that is named by its place.</summary>
    public async Task<IReadOnlyList<RecognitionAnswer>?> RecognizeAsync(string mspId, string root, int index)
    {
        var recognitions = Get<Recognitions>();
        try
        {
            return await recognitions.FindAsync(mspId, root, index, CancellationToken.None) is { } credential
                ? recognitions.Answer([credential], null).Items[0].Recognitions
                : null;
        }
        catch (RecordUnreadableException)
        {
            // Asked over HTTP, it says so: it could not be found out.
            return null;
        }
    }

    /// <summary>Gives a list as it is published.</summary>
    public Bitstring ReadList(string mspId, string list, string purpose) => Get<ListedStatuses>().Read(
        new StatusListName(mspId, list, purpose), FindInstitution(mspId)!, LedgerNameOf(_channel)).Bits;

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await Get<LedgerIdentity>().StopAsync(CancellationToken.None);
        await Get<ProjectionFollower>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The wire to a peer that stands in this process.</summary>
    private sealed class Wire(HistoryChannel channel, string mspId) : ILedgerConnection
    {
        public async Task<byte[]> EvaluateAsync(
            string transaction, IReadOnlyList<string> arguments, CancellationToken cancellationToken)
        {
            var answer = await channel.SimulateAsync(
                mspId, ContractServer.Clock.Now, transaction,
                [.. arguments.Select(System.Text.Encoding.UTF8.GetBytes)]);
            return answer.IsRefused
                ? throw new LedgerUnavailableException(answer.Response.Message)
                : answer.Response.Payload.ToByteArray();
        }

        public Task<Submission> SubmitAsync(
            string transaction, IReadOnlyList<string> arguments, bool asRegistrar,
            CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task RehearseAsync(string transaction, string? aloneAt, CancellationToken cancellationToken) =>
            throw new NotSupportedException();

        public Task<ulong> GetNewestBlockAsync(CancellationToken cancellationToken) =>
            Task.FromResult(channel.Newest);

        public ValueTask<(string Certificate, byte[] Signature)> SignAsync(
            ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => throw new NotSupportedException();

        public async IAsyncEnumerable<Block> ReadBlocksAsync(
            ulong from, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await foreach (var block in channel.ReadAsync(from, cancellationToken)) yield return block;
        }
    }
}

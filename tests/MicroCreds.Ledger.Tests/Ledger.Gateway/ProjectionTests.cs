using MicroCreds.Ledger.Gateway.Configuration;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Model;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Gateway;

public sealed class ProjectionTests : IAsyncDisposable
{
    private readonly GatewayServiceOptions _options = new()
    {
        MspId = "AuroraMSP",
        PeerEndpoint = "127.0.0.1:1",
        PeerTlsCa = "",
        UserCert = "",
        UserKey = "",
        DataDirectory = Directory.CreateTempSubdirectory("projection-").FullName,
    };

    private LedgerProjection? _projection;

    [Fact]
    public async Task Apply_ThenReopened_GoesOnWhereItWas()
    {
        var projection = Open();
        await projection.ApplyAsync(Block(0, time: 5000));
        await projection.ApplyAsync(Block(1, time: 9000));
        await projection.DisposeAsync();
        projection = Open();
        Assert.Equal(2UL, projection.NextBlock);
        await projection.ApplyAsync(Block(2, time: 7000));
        Assert.Equal(9000, projection.Head!.Time.ToUnixTimeMilliseconds());
    }

    [Fact]
    public async Task Apply_GapOrTwiceOrOtherChain_IsRefused()
    {
        var projection = Open();
        await projection.ApplyAsync(Block(0));
        await Assert.ThrowsAsync<InvalidDataException>(() => projection.ApplyAsync(Block(2)));
        await Assert.ThrowsAsync<InvalidDataException>(() => projection.ApplyAsync(Block(0)));
        await Assert.ThrowsAsync<InvalidDataException>(
            () => projection.ApplyAsync(Block(1) with { PreviousHash = [0xee] }));
        await projection.ApplyAsync(Block(1));
        Assert.Equal(1UL, projection.Head!.Block);
    }

    [Fact]
    public async Task Events_AreListedBehindAPlace()
    {
        var projection = Open();
        var records = new ProjectedRecords(projection);
        await projection.ApplyAsync(Block(0, events: 3));
        await projection.ApplyAsync(Block(1, events: 2));
        Assert.Equal(5, records.ListEvents(0, -1, 100).Count);
        Assert.Equal([(0L, 2), (1L, 0)], records.ListEvents(0, 1, 2).Select(item => (item.Block, item.Position)));
        Assert.Empty(records.ListEvents(1, 1, 100));
    }

    public async ValueTask DisposeAsync()
    {
        if (_projection is not null)
            await _projection.DisposeAsync();
        Directory.Delete(_options.DataDirectory, recursive: true);
    }

    private static LedgerBlock Block(ulong number, long time = 1000, int events = 0) => new(
        number, time,
        [
            .. Enumerable.Range(0, events).Select(position => new LedgerTransaction(
                $"tx-{number}-{position}", position, time, [], new LedgerEvent(EventNames.Issued, "{}"u8.ToArray()))
            {
                Creator = "AuroraMSP",
            }),
        ])
    {
        Hash = [(byte)number],
        PreviousHash = [(byte)(number - 1)],
    };

    private LedgerProjection Open() => _projection = LedgerProjection.Open(_options);
}

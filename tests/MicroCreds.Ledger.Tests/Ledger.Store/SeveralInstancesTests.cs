using System.Globalization;
using MicroCreds.Ledger.Store;
using MicroCreds.Ledger.Store.Postgres;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Fabric.Client;
using Npgsql;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>What one gateway does to an issuance, seen by another one on the same store.</summary>
public sealed class SeveralInstancesTests
{
    public static TheoryData<bool> Engines => [false, true];

    [Fact]
    public async Task WriterThatFellSilent_IsLetGoOf_AndOthersWrite()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: true);
        await using var silent = await GatewayStore.OpenAsync(sample.Place);
        await using var other = await GatewayStore.OpenAsync(sample.Place);
        using var holds = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        string? patience = null;
        var lost = silent.Database.WriteAsync(connection =>
        {
            // So long it may say nothing: here shorter, so that nobody waits for it.
            patience = (string)connection.Prepare("SHOW idle_in_transaction_session_timeout", 0).ExecuteScalar()!;
            connection.Run("SET LOCAL idle_in_transaction_session_timeout = '200ms'");
            holds.Set();
            goesOn.Wait();
            connection.Run("SELECT 1");
        });
        Assert.True(holds.Wait(Until.Patience, TestContext.Current.CancellationToken));
        await other.WriteTextAsync("other", "wrote");
        goesOn.Set();
        await Assert.ThrowsAsync<StoreUnavailableException>(() => lost);
        Assert.Equal(("10s", "wrote"), (patience, other.ReadText("other")));
        await silent.WriteTextAsync("silent", "is back");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task TakeBack_OfWhatSomebodyClaimed_ChangesNothing(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var issuances = new IssuanceStore(store);
        var claimed = await AddAsync(issuances);
        var free = await AddAsync(issuances);
        Assert.True(await issuances.ClaimAsync(claimed.Number));
        Assert.False(await issuances.TakeBackAsync(claimed.Number));
        Assert.NotNull(issuances.Find(claimed.Number));
        Assert.True(await issuances.TakeBackAsync(free.Number));
        Assert.Null(issuances.Find(free.Number));
        Assert.False(await issuances.ClaimAsync(free.Number));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Issued_IsSetBackByNobody(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var issuances = new IssuanceStore(store);
        var read = await AddAsync(issuances);
        Assert.Equal(1, await issuances.SetIssuedAsync(read.Number, "transaction", DateTimeOffset.UnixEpoch));
        Assert.Equal(0, await issuances.SetIssuedAsync(read.Number, "another", DateTimeOffset.UnixEpoch));
        Assert.False(await issuances.SetRefusedAsync(read, "said too late"));
        Assert.False(await issuances.SetAcceptedAsync(read));
        Assert.False(await issuances.TakeBackAsync(read.Number));
        Assert.False(await issuances.DeleteRefusedAsync(read.Number));
        Assert.Equal(
            (IssuanceState.Issued, "transaction"),
            (issuances.Find(read.Number)!.State, issuances.Find(read.Number)!.TransactionId));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task AnchoredTogether_AreTakenBackClaimedAndIssuedTogether(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var issuances = new IssuanceStore(store);
        var (_, free) = (await AddTogetherAsync(issuances, "0a"), await AddTogetherAsync(issuances, "0b"));
        Assert.True(await issuances.TakeBackAsync(free[1].Number));
        Assert.All(free, one => Assert.Null(issuances.Find(one.Number)));

        var claimed = issuances.FindUnfinished();
        Assert.Equal(3, claimed.Count);
        Assert.True(await issuances.ClaimAsync(claimed[2].Number));
        Assert.False(await issuances.TakeBackAsync(claimed[0].Number));
        Assert.All(claimed, one => Assert.False(issuances.Find(one.Number)!.IsUnclaimed));
        var noted = new List<long>();
        Assert.Equal(3, await issuances.SetIssuedAsync(
            claimed[1].Number, "transaction", DateTimeOffset.UnixEpoch, (_, one) => noted.Add(one.Number)));
        Assert.Equal(claimed.Select(one => one.Number), noted);
        Assert.All(claimed, one => Assert.Equal(IssuanceState.Issued, issuances.Find(one.Number)!.State));
        Assert.Equal(
            claimed.Select(one => (one.Number, one.Leaf)),
            claimed.Select((one, i) => (issuances.FindByPlace("0a", one.Leaf)!.Number, i)));
        Assert.Null(issuances.FindByPlace("0a", 3));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Together_WhereSomethingStandsInTheWayOfOne_NoneIsStored_AndThatIsTold(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var issuances = new IssuanceStore(store);
        var before = await AddTogetherAsync(issuances, "0a");
        var added = await issuances.AddTogetherAsync([New(1, "0b"), New(3, "0b"), New(4, "0b")]);
        Assert.Equal([false, true, true], added.Select(one => one.IsNew));
        Assert.Equal((before[1].Number, true), (added[0].Before!.Issuance, added[0].Before!.IsSamePerson));
        Assert.Null(issuances.FindByRoot("0b"));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Refused_IsTriedAgainOrDeletedOnce(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var issuances = new IssuanceStore(store);
        var read = await AddAsync(issuances);
        Assert.True(await issuances.SetRefusedAsync(read, "No."));
        var refused = issuances.Find(read.Number)!;
        Assert.True(await issuances.SetAcceptedAsync(refused));
        Assert.False(await issuances.SetAcceptedAsync(refused));
        Assert.False(await issuances.DeleteRefusedAsync(read.Number));
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task Build_AfterAnotherAttemptHasBegun_IsNotTaken(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var (issuances, documents) = (new IssuanceStore(store), new DocumentStore(store));
        var batch = await AddAsync(issuances);
        string first = (await issuances.BeginBuildingAsync(batch.Number))!;
        await issuances.AddDocumentsAsync(batch.Number, first, [SampleStore.Document(0)]);
        string second = (await issuances.BeginBuildingAsync(batch.Number))!;
        await Assert.ThrowsAsync<BuiltElsewhereException>(
            () => issuances.AddDocumentsAsync(batch.Number, first, [SampleStore.Document(1)]));
        Assert.Equal(0, documents.Count(batch.Number));
        await issuances.AddDocumentsAsync(batch.Number, second, [SampleStore.Document(1)]);
        Assert.Equal(1, documents.Count(batch.Number));
    }

    [Fact]
    public async Task Unclaimed_IsLeftToItsRequestForAWhile()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var issuances = new IssuanceStore(store);
        var read = await AddAsync(issuances);
        Assert.Single(issuances.FindUnfinished());
        Assert.Empty(issuances.FindUnfinished(read.CreatedAt));
        await issuances.ClaimAsync(read.Number);
        Assert.Single(issuances.FindUnfinished(read.CreatedAt));
    }

    [Fact]
    public async Task Seat_IsOnes_UntilItsSessionEnds()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: true);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        await using var first = store.Database.OpenSeat("first");
        await using var second = store.Database.OpenSeat("second");
        var cancellation = TestContext.Current.CancellationToken;
        Assert.Equal(new Leading(true, "first"), await first.AskAsync(cancellation));
        Assert.Equal(new Leading(false, "first"), await second.AskAsync(cancellation));
        Assert.Equal(new Leading(true, "first"), await first.AskAsync(cancellation));

        // As a database does that ends a session, and as a killed process does.
        await store.Database.WriteAsync(connection => connection.Run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'microcreds first'"));
        await Assert.ThrowsAsync<StoreUnavailableException>(() => first.AskAsync(cancellation));
        await EndToEnd.Until.TrueAsync(
            async () => (await second.AskAsync(cancellation)).IsMine, () => "nobody leads");
        Assert.Equal(new Leading(false, "second"), await first.AskAsync(cancellation));
    }

    [Fact]
    public async Task Seat_GivenUpWhileItsConnectionOpened_IsHeldByNobody()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: true);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var settings = new NpgsqlConnectionStringBuilder(sample.Place.Postgres);
        var opens = new TaskCompletionSource();
        await using var slow = new BreakableProxy($"{settings.Host}:{settings.Port}") { Opens = opens.Task };
        settings.Port = int.Parse(slow.Endpoint.Split(':')[1], CultureInfo.InvariantCulture);
        await using (var gone = new PostgresSeat(settings.ConnectionString, "gone"))
        {
            using var givenUp = new CancellationTokenSource();
            var asking = gone.AskAsync(givenUp.Token);
            await givenUp.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        }

        opens.SetResult();
        await EndToEnd.Until.TrueAsync(
            () => Task.FromResult(slow.Ended == 1), () => "a connection in nobody's name stays");
        await using var next = store.Database.OpenSeat("next");
        Assert.True((await next.AskAsync(TestContext.Current.CancellationToken)).IsMine);
    }

    [Fact]
    public async Task Seat_WhoseHolderAsksNothingAnyMore_IsAnothers()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: true);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var cancellation = TestContext.Current.CancellationToken;
        await using var silent = store.Database.OpenSeat("silent");
        await using var next = store.Database.OpenSeat("next");
        Assert.True((await silent.AskAsync(cancellation)).IsMine);
        await Until.TrueAsync(async () => (await next.AskAsync(cancellation)).IsMine, () => "nobody leads");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => silent.AskAsync(cancellation));
        Assert.Equal(new Leading(false, "next"), await silent.AskAsync(cancellation));
    }

    [Fact]
    public async Task Seat_OnAFile_IsAlwaysOnes()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        await using var seat = store.Database.OpenSeat("alone");
        Assert.False(store.Database.IsShared);
        Assert.Equal(new Leading(true, "alone"), await seat.AskAsync(TestContext.Current.CancellationToken));
    }

    private static async Task<IReadOnlyList<StoredIssuance>> AddTogetherAsync(IssuanceStore issuances, string root)
    {
        int first = root == "0a" ? 0 : 10;
        var added = await issuances.AddTogetherAsync(
            [.. Enumerable.Range(0, 3).Select(leaf => New(first + leaf, root, leaf))]);
        return [.. added.Select(one => one.Issuance!)];
    }

    private static NewCredential New(int person, string root, int leaf = 0)
    {
        var award = new AwardKeys(17, [(ulong)person + 1], 1);
        return new NewCredential(
            SampleStore.New(IssuanceKind.Credential, 1) with { State = IssuanceState.Ready, Root = root }, null,
            SampleStore.Document(leaf) with { Path = new byte[64] }, award)
        {
            Look = index => index.Find(award, _ => true),
        };
    }

    private static async Task<StoredIssuance> AddAsync(IssuanceStore issuances) =>
        (await SampleStore.AddOneAsync(issuances)).Issuance;
}

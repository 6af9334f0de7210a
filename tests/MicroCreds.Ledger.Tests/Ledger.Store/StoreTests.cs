using MicroCreds.Ledger.Store;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Store;

/// <summary>What both engines do alike.</summary>
public sealed class StoreTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Add_SameFingerprintFromTwoInstances_IsKeptOnce(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var first = await GatewayStore.OpenAsync(sample.Place);
        await using var second = isPostgres ? await GatewayStore.OpenAsync(sample.Place) : null;
        byte[] fingerprint = [1, 2, 3];
        var stores = new[] { new IssuanceStore(first), new IssuanceStore(second ?? first) };
        var added = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(
            () => SampleStore.AddOneAsync(stores[i % 2], fingerprint))));
        Assert.Single(added, one => one.IsNew);
        Assert.Single(added.Select(one => one.Issuance.Number).Distinct());
        Assert.Equal(1, new DocumentStore(first).Count(added[0].Issuance.Number));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Award_AskedForByTwoInstancesAtOnce_IsFoundByAllButOne(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var first = await GatewayStore.OpenAsync(sample.Place);
        await using var second = isPostgres ? await GatewayStore.OpenAsync(sample.Place) : null;
        var stores = new[] { new IssuanceStore(first), new IssuanceStore(second ?? first) };
        var keys = new AwardKeys(17, [ulong.MaxValue - 1], 1);
        bool[] issued = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            bool isFree = false;
            await stores[i % 2].AddBatchAsync(SampleStore.New(IssuanceKind.Batch, 1), null, [keys], index =>
            {
                isFree = index.Find(keys, _ => true) is null;
                return new AdmittedRows(isFree ? [1] : [], isFree ? [keys] : [], [], []);
            });
            return isFree;
        })));
        Assert.Single(issued, one => one);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Positions_TakenByTwoInstances_AreGivenOnce_AlsoFromTheListAfterOneIsAbandoned(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var first = await GatewayStore.OpenAsync(sample.Place);
        await using var second = isPostgres ? await GatewayStore.OpenAsync(sample.Place) : null;
        using var one = new StatusLists(first);
        using var other = new StatusLists(second ?? first);
        var before = await TakeAsync(one, other);
        string abandoned = before[0].List;
        await Task.WhenAll(one.AbandonAsync(abandoned), other.AbandonAsync(abandoned));
        var after = await TakeAsync(one, other);
        (string List, int Offset)[] all = [.. before, .. after];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.DoesNotContain(after, place => place.List == abandoned);
        Assert.Single(after.Select(place => place.List).Distinct());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Write_ThatFailsAmongOthers_TakesNobodyWithIt(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var writes = Enumerable.Range(0, 60).Select(i => store.Database.WriteAsync(connection =>
        {
            using var insert = connection.Prepare("INSERT INTO status_list VALUES ($0, $1)", 2);
            insert.With(100L + (i % 3 == 0 ? 0 : i), 1L).ExecuteNonQuery();
        })).ToArray();
        await Task.WhenAll(writes.Select(write => write.ContinueWith(_ => { }, TaskScheduler.Default)));
        Assert.Equal(41, writes.Count(write => write.IsCompletedSuccessfully));
        using var reader = store.Database.Read();
        Assert.Equal(41L, reader.Prepare("SELECT count(*) FROM status_list", 0).ExecuteScalar());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_LeavesNoAwardAndNoDocument(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var keys = new AwardKeys(17, [18], 1);
        var document = SampleStore.Document(0);
        var issuances = new IssuanceStore(store);
        await SampleStore.AddOneAsync(issuances, [1], document, keys);
        await new DocumentStore(store).EraseAsync(document.Id);
        Assert.Null(await issuances.LookAsync([keys], index => index.Find(keys, _ => true)));
        Assert.Null(new DocumentStore(store).Find(document.Id));
        Assert.Null(issuances.FindByFingerprint([1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Erase_LeavesNoIdentifierAndNoNameElsewhere(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var (issuances, requests) = (new IssuanceStore(store), new IssuingRequests(store));
        var (views, authorizations) = (new SavedViews(store), new WalletAuthorizations(store));
        var document = SampleStore.Document(0) with
        {
            Kept = new KeptDocument(
                PackedDocument.Of("{\"credentialSubject\":{\"name\":\"Aino Virtanen\"}}"u8).Bytes),
        };
        var other = Guid.NewGuid();
        string urn = $"urn:uuid:{document.Id}";
        await SampleStore.AddOneAsync(issuances, [1], document);
        var (batch, _) = await issuances.AddBatchAsync(SampleStore.New(IssuanceKind.Batch, 1), [2], [], _ =>
            new AdmittedRows([1], [new AwardKeys(5, [], 0)], "{}\n"u8.ToArray(),
                [new RowLeftOut(2, "alreadyIssued", urn), new RowLeftOut(3, "alreadyIssued", $"urn:uuid:{other}")]));
        var waiting = await AskAsync(requests, 3, document.Id);
        string[] queries = ["?name=virtanen,+AINO", $"?q={urn}", "?name=Aino", "?state=revoked"];
        for (int i = 0; i < queries.Length; i++)
            await views.AddAsync("key:1", $"View {i}", queries[i], DateTimeOffset.UnixEpoch.AddSeconds(i));
        string code = LearnerSecret.Draw();
        await AllowAsync(authorizations, code, [document.Id, other]);
        await AllowAsync(authorizations, LearnerSecret.Draw(), [document.Id]);

        await new DocumentStore(store).EraseAsync(document.Id);
        Assert.Equal([null, $"urn:uuid:{other}"], issuances.ReadLeftOut(batch.Number).Select(row => row.Credential));
        Assert.Equal(IssuingRequestState.Withdrawn, requests.Find(waiting.Id)!.State);
        Assert.Null(requests.ReadRows(waiting.Id));
        Assert.Equal(queries[2..], views.List("key:1").Select(view => view.Query));
        Assert.Equal([other], authorizations.FindByCode(code)!.Credentials);
        using var copy = new MemoryStream();
        store.Database.Export(copy);
        string all = System.Text.Encoding.UTF8.GetString(copy.ToArray());
        foreach (string trace in new[] { document.Id.ToString("D"), document.Id.ToString("N"), "irtanen" })
            Assert.DoesNotContain(trace, all, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Request_WithdrawnMeanwhile_IsNotIssued_AndOneWhoseIssuingBeganIsNotWithdrawn(bool isPostgres)
    {
        await using var sample = await SampleStore.NewAsync(isPostgres);
        await using var store = await GatewayStore.OpenAsync(sample.Place);
        var requests = new IssuingRequests(store);
        var issuances = new IssuanceStore(store);
        var (withdrawn, begun) = (await AskAsync(requests, 1), await AskAsync(requests, 2));

        // Whoever releases has read its rows; then it is withdrawn.
        Assert.NotNull(requests.ReadRows(withdrawn.Id));
        Assert.True(await WithdrawAsync(requests, withdrawn.Id));
        await Assert.ThrowsAsync<RequestEndedException>(() => ReleaseAsync(issuances, withdrawn));
        await Assert.ThrowsAsync<RequestEndedException>(() => issuances.AddBatchAsync(
            SampleStore.New(IssuanceKind.Batch, 1), withdrawn.Fingerprint, [], _ => new AdmittedRows([], [], [], []),
            source: withdrawn.Source));
        Assert.Null(issuances.FindByFingerprint(withdrawn.Fingerprint));
        Assert.Empty(issuances.ListBatches(before: null, 10));

        // Whoever withdraws is too late, until what was kept is taken back.
        var (kept, _) = await ReleaseAsync(issuances, begun);
        Assert.False(await WithdrawAsync(requests, begun.Id));
        Assert.Equal(IssuingRequestState.Approved, requests.Find(begun.Id)!.State);
        Assert.Equal(kept.Number, (await ReleaseAsync(issuances, begun)).Issuance.Number);
        Assert.True(await issuances.TakeBackAsync(kept.Number));
        Assert.True(await WithdrawAsync(requests, begun.Id));
    }

    [Fact]
    public async Task SecondInstance_OnOneDirectory_IsRefusedAndNamesIt_UntilTheFirstIsGone()
    {
        await using var sample = await SampleStore.NewAsync(isPostgres: false);
        await using (var first = await GatewayStore.OpenAsync(sample.Place))
        {
            var refused = await Assert.ThrowsAsync<StoreException>(() => GatewayStore.OpenAsync(sample.Place));
            Assert.Contains(sample.Folder, refused.Message, StringComparison.Ordinal);
        }

        await using var next = await GatewayStore.OpenAsync(sample.Place);
    }

    private static async Task AllowAsync(
        WalletAuthorizations authorizations, string code, IReadOnlyList<Guid> credentials)
    {
        string secret = LearnerSecret.Draw();
        var now = DateTimeOffset.UnixEpoch;
        Assert.True(await authorizations.AddAsync(
            new WalletAuthorization
            {
                Client = "a wallet",
                Redirect = "https://wallet.example/",
                Challenge = "a challenge",
                Forms = ["a form"],
                CreatedAt = now,
                ExpiresAt = now.AddMinutes(5),
            },
            secret));
        Assert.True(await authorizations.AnswerAsync(secret, code, credentials, now.AddMinutes(5)));
    }

    private static Task<IssuingRequest> AskAsync(IssuingRequests requests, byte name, Guid? corrects = null)
    {
        string id = Guid.CreateVersion7().ToString("N");
        return requests.AddAsync(
            new IssuingRequest
            {
                Id = id,
                Kind = IssuanceKind.Credential,
                State = IssuingRequestState.Approved,
                Size = 1,
                Fingerprint = [name],
                BodyHash = [1],
                AskedBy = "{}",
                AskedAt = DateTimeOffset.UnixEpoch,
                Corrects = corrects?.ToString("D"),
                Source = new IssuanceSource { Request = id },
            },
            "{}\n"u8.ToArray());
    }

    private static Task<bool> WithdrawAsync(IssuingRequests requests, string id) =>
        requests.EndAsync(id, IssuingRequestState.Withdrawn, "{}", DateTimeOffset.UnixEpoch, reason: null);

    private static Task<(StoredIssuance Issuance, bool IsNew)> ReleaseAsync(
        IssuanceStore issuances, IssuingRequest request) =>
        SampleStore.AddOneAsync(issuances, request.Fingerprint, source: request.Source);

    private static async Task<(string List, int Offset)[]> TakeAsync(StatusLists one, StatusLists other) =>
        await Task.WhenAll(Enumerable.Range(0, 3000).Select(i => (i % 2 == 0 ? one : other).TakeAsync(1)));
}

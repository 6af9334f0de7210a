using System.Reflection;
using System.Text;
using System.Text.Json.Nodes;
using MicroCreds.Fabric.Client;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class QueryTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Linden];

    [Fact]
    public async Task Lists_PageByPage_HoldEveryRecordOnce()
    {
        var issued = await Samples.IssueAsync(Member);
        for (int index = 0; index < 7; index++)
        {
            await Samples.SetStatusAsync(
                Member, Samples.Status(Member, issued, CredentialState.Suspended, 1) with { Index = index });
        }

        foreach (int pageSize in new[] { 1, 2, 3, 7, 8, Limits.MaxPageSize })
        {
            var statuses = await AllAsync<Status>(
                TransactionNames.ListStatuses, pageSize, issued.Statement.MspId, issued.Statement.Root);
            Assert.Equal(Enumerable.Range(0, 7), statuses.Select(s => s.Statement.Index));
        }

        var institutions = await AllAsync<Institution>(TransactionNames.ListInstitutions, 3);
        Assert.Equal(ledger.Members.Select(m => m.MspId), institutions.Select(i => i.MspId));
        var issuances = await AllAsync<Issuance>(TransactionNames.ListIssuances, 2, "");
        Assert.Contains(issuances, i => i.Statement.Root == issued.Statement.Root);
        Assert.Equal(
            issuances.Select(i => $"{i.Statement.MspId} {i.Statement.Root}").Order(StringComparer.Ordinal),
            issuances.Select(i => $"{i.Statement.MspId} {i.Statement.Root}"));
        var own = await AllAsync<Issuance>(TransactionNames.ListIssuances, 2, Member.MspId);
        Assert.Equal(issuances.Where(i => i.Statement.MspId == Member.MspId).Select(i => i.Statement.Root),
            own.Select(i => i.Statement.Root));
    }

    [Fact]
    public async Task ListAchievements_OfOneOrOfAll()
    {
        var mine = await Samples.PublishAsync(Member);
        var theirs = await Samples.PublishAsync(ledger[LedgerFixture.Tejo]);
        var own = await AllAsync<Achievement>(TransactionNames.ListAchievements, 2, Member.MspId);
        Assert.All(own, a => Assert.Equal(Member.MspId, a.MspId));
        Assert.Contains(own, a => a.Id == mine.Id);
        var all = await AllAsync<Achievement>(TransactionNames.ListAchievements, 5, "");
        Assert.Contains(all, a => a.Id == mine.Id);
        Assert.Contains(all, a => a.Id == theirs.Id);
    }

    [Theory]
    [InlineData("0", "", "/pageSize")]
    [InlineData("-1", "", "/pageSize")]
    [InlineData("201", "", "/pageSize")]
    [InlineData("10", "???", "/bookmark")]
    [InlineData("10", "AAAA", "/bookmark")]
    [InlineData("10", "QXVyb3JhTVNQ", "/bookmark")]
    public Task List_ImpossiblePage_IsRefused(string pageSize, string bookmark, string field) => Refused.EvaluateAsync(
        Member.User, ErrorCodes.PageInvalid, field, TransactionNames.ListInstitutions, pageSize, bookmark);

    [Fact]
    public async Task List_BookmarkOfAnotherList_IsRefused()
    {
        var page = await Member.EvaluateAsync<Page<Institution>>(TransactionNames.ListInstitutions, 1, "");
        await Refused.EvaluateAsync(
            Member.User, ErrorCodes.PageInvalid, "/bookmark", TransactionNames.ListIssuances, "", 1, page.Next!);
    }

    [Theory]
    [InlineData("ten")]
    [InlineData("")]
    [InlineData("1.0")]
    [InlineData("99999999999")]
    public Task List_PageSizeThatIsNoNumber_IsRefused(string pageSize) => Refused.EvaluateAsync(
        Member.User, ErrorCodes.MalformedArgument, "/pageSize", TransactionNames.ListInstitutions, pageSize, "");

    [Theory]
    [InlineData("""{"statement":{"size":1,"size":2},"signature":""}""", "/statement/size")]
    [InlineData("""{"statement":{"root":"\ud800"},"signature":""}""", "/statement/root")]
    [InlineData("""{"statement":{"size":9007199254740993},"signature":""}""", "/statement/size")]
    [InlineData("""{"statement":{},"signature":"","extra":1}""", "/extra")]
    [InlineData("""{"signature":""}""", null)]
    [InlineData("not json", null)]
    [InlineData("", null)]
    [InlineData("null", null)]
    [InlineData("[]", null)]
    public async Task Argument_ThatCanBeReadInTwoWaysOrNone_IsRefusedWithItsPlace(string argument, string? field)
    {
        var failure = await Assert.ThrowsAsync<EndorseException>(
            () => Member.User.SubmitAsync(
            TransactionNames.Issue, Refused.OptionsOf(argument), TestContext.Current.CancellationToken));
        Assert.True(LedgerError.TryFind(failure.ChaincodeAnswer?.Message, out var error), failure.Message);
        Assert.Equal(ErrorCodes.MalformedArgument, error.Code);
        if (field is not null && field != "/extra") Assert.Equal(field, error.Field);

        Assert.DoesNotContain("MicroCreds.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Argument_NotUtf8OrTooDeep_IsRefused()
    {
        byte[] deep = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("[", 1000)));
        await Refused.SubmitAsync(
            Member.User, ErrorCodes.MalformedArgument, DeepPlace(), TransactionNames.Issue, deep);
        await Refused.SubmitAsync(
            Member.User, ErrorCodes.MalformedArgument, null, TransactionNames.Issue, new byte[] { 0x22, 0xff, 0x22 });
        await Refused.EvaluateAsync(
            Member.User, ErrorCodes.MalformedArgument, "/mspId", TransactionNames.GetInstitution, new byte[] { 0xff });
    }

    [Fact]
    public async Task Refusal_OfSomethingLong_StaysShort()
    {
        // What the caller sent may stand in the message, which travels in the trailers of a peer's answer.
        string name = new('x', Limits.MaxArgumentBytes / 2);
        var failure = await Assert.ThrowsAsync<EndorseException>(() => Member.User.SubmitAsync(
            TransactionNames.Issue,
            Refused.OptionsOf("{\"" + name + "\":1e999}"),
            TestContext.Current.CancellationToken));
        Assert.InRange(failure.ChaincodeAnswer!.Message.Length, 50, 2000);
        Assert.True(LedgerError.TryFind(failure.ChaincodeAnswer.Message, out var error));
        Assert.Equal(ErrorCodes.MalformedArgument, error.Code);
    }

    [Fact]
    public async Task GetAnchor_NeverAnchored_IsEmpty()
    {
        var anchor = await Member.EvaluateAsync<Anchor>(
            TransactionNames.GetAnchor, Member.MspId, Samples.NewRoot(), 0);
        Assert.Null(anchor.Issuance);
        Assert.Null(anchor.Institution);
        await Refused.EvaluateAsync(
            Member.User, ErrorCodes.InvalidValue, "/root", TransactionNames.GetAnchor, Member.MspId, "no-root", 0);
        await Refused.EvaluateAsync(
            Member.User, ErrorCodes.InvalidValue, "/index", TransactionNames.GetAnchor, Member.MspId,
            Samples.NewRoot(), -1);
        await Refused.EvaluateAsync(
            Member.User, ErrorCodes.NotFound, "/root", TransactionNames.GetIssuance, Member.MspId,
            Samples.NewRoot());
    }

    [Fact]
    public async Task GetMetadata_NamesEveryTransaction()
    {
        byte[] metadata = await Member.User.EvaluateAsync(
            "org.hyperledger.fabric:GetMetadata", cancellationToken: TestContext.Current.CancellationToken);
        var transactions = JsonNode.Parse(metadata)!["contracts"]!["credentials"]!["transactions"]!.AsArray();
        var names = typeof(TransactionNames).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!);
        Assert.Equal(
            names.Order(StringComparer.Ordinal),
            transactions.Select(t => t!["name"]!.GetValue<string>()).Order(StringComparer.Ordinal));
    }

    private static string DeepPlace() =>
        string.Concat(Enumerable.Repeat("/0", Limits.MaxJsonDepth));

    private async Task<List<T>> AllAsync<T>(string name, int pageSize, params object[] first)
        where T : class
    {
        var items = new List<T>();
        string? bookmark = "";
        while (bookmark is not null)
        {
            var page = await Member.EvaluateAsync<Page<T>>(name, [.. first, pageSize, bookmark]);
            Assert.InRange(page.Items.Count, 0, pageSize);
            items.AddRange(page.Items);
            bookmark = page.Next;
        }

        return items;
    }
}

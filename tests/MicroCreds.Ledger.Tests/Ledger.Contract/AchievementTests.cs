using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using Xunit;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

[Collection(RegisteredLedgerGroup.Name)]
public sealed class AchievementTests(RegisteredLedger ledger)
{
    private LedgerMember Member => ledger[LedgerFixture.Linden];

    [Fact]
    public async Task Publish_Again_IsUnchanged_AndAnotherContentIsRefused()
    {
        var achievement = Samples.Achievement(Member);
        var first = await PublishAsync(achievement);
        Assert.False(first.Unchanged);
        Assert.NotEqual(default, first.Record.PublishedAt);
        var second = await PublishAsync(achievement);
        Assert.True(second.Unchanged);
        Assert.Equal(first.Record.PublishedAt, second.Record.PublishedAt);
        await Refused.SubmitAsync(
            Member.User,
            ErrorCodes.AchievementConflict,
            "/version",
            TransactionNames.PublishAchievement,
            achievement with { Credits = 5 });
        Assert.False((await PublishAsync(achievement with { Version = 2, Credits = 5 })).Unchanged);
        var read = await ledger[LedgerFixture.Aurora].EvaluateAsync<Achievement>(
            TransactionNames.GetAchievement, Member.MspId, achievement.Id, 2);
        Assert.Equal(5, read.Credits);
    }

    [Fact]
    public async Task Retire_StaysRetired()
    {
        var achievement = (await PublishAsync(Samples.Achievement(Member))).Record;
        var retired = await RetireAsync(achievement);
        Assert.NotNull(retired.Record.RetiredAt);
        var again = await RetireAsync(achievement);
        Assert.True(again.Unchanged);
        Assert.Equal(retired.Record.RetiredAt, again.Record.RetiredAt);
        await Refused.SubmitAsync(
            ledger[LedgerFixture.Tejo].User,
            ErrorCodes.AchievementUnknown,
            "/id",
            TransactionNames.RetireAchievement,
            achievement.Id,
            1);
    }

    [Fact]
    public Task Publish_ForAnother_IsRefused() => Refused.SubmitAsync(
        Member.Admin,
        ErrorCodes.WrongInstitution,
        "/mspId",
        TransactionNames.PublishAchievement,
        Samples.Achievement(ledger[LedgerFixture.Aurora]));

    [Fact]
    public async Task Publish_WithoutARole_IsRefused()
    {
        var nobody = NewIdentity.Of(Member, role: null);
        await Refused.SubmitAsync(
            nobody, ErrorCodes.RoleMissing, null, TransactionNames.PublishAchievement, Samples.Achievement(Member));
        await Refused.SubmitAsync(
            NewIdentity.Of(Member, "issuers"),
            ErrorCodes.RoleMissing,
            null,
            TransactionNames.PublishAchievement,
            Samples.Achievement(Member));
        await LedgerMember.SubmitAsync<Achievement>(
            NewIdentity.Of(Member, "auditor, issuer"),
            TransactionNames.PublishAchievement,
            Samples.Achievement(Member));
        await LedgerMember.SubmitAsync<Achievement>(
            NewIdentity.Of(Member, "registrar"), TransactionNames.PublishAchievement, Samples.Achievement(Member));
    }

    [Theory]
    [InlineData("/id", """{"id":"Upper"}""")]
    [InlineData("/id", """{"id":"-a"}""")]
    [InlineData("/id", """{"id":"a\u0000"}""")]
    [InlineData("/id", """{"id":"a\udbff\udfff"}""")]
    [InlineData("/version", """{"version":0}""")]
    [InlineData("/version", """{"version":1000000}""")]
    [InlineData("/description", """{"description":""}""")]
    [InlineData("/learningOutcomes", """{"learningOutcomes":[]}""")]
    [InlineData("/learningOutcomes/1", """{"learningOutcomes":["x",null]}""")]
    [InlineData("/credits", """{"credits":-1}""")]
    [InlineData("/credits", """{"credits":301}""")]
    [InlineData("/workloadHours", """{"workloadHours":-0.5}""")]
    [InlineData("/eqfLevel", """{"eqfLevel":9}""")]
    [InlineData("/language", """{"language":"english language"}""")]
    [InlineData("/fieldOfStudy", """{"fieldOfStudy":"613"}""")]
    [InlineData("/skills/0", """{"skills":[null]}""")]
    [InlineData("/skills/0/url", """{"skills":[{"name":"x","url":"esco"}]}""")]
    [InlineData("/publishedAt", """{"publishedAt":"2020-01-01T00:00:00Z"}""")]
    [InlineData("/retiredAt", """{"retiredAt":"2020-01-01T00:00:00Z"}""")]
    public Task Publish_BadValue_IsRefusedWithItsPlace(string field, string members) => Refused.SubmitAsync(
        Member.User,
        ErrorCodes.InvalidValue,
        field,
        TransactionNames.PublishAchievement,
        Spoilt.With(Samples.Achievement(Member), members));

    [Theory]
    [InlineData("/credits", """{"credits":"2"}""")]
    [InlineData("/version", """{"version":1.5}""")]
    [InlineData("/recipient", """{"recipient":"someone"}""")]
    [InlineData("/credits", """{"credits":null}""")]
    [InlineData("/learningOutcomes/0", """{"learningOutcomes":[7]}""")]
    public Task Publish_AnotherShape_IsRefused(string field, string members) => Refused.SubmitAsync(
        Member.User,
        ErrorCodes.MalformedArgument,
        field,
        TransactionNames.PublishAchievement,
        Spoilt.With(Samples.Achievement(Member), members));

    [Fact]
    public Task Publish_BeyondTheArgumentsLimit_IsRefused() => Refused.SubmitAsync(
        Member.User,
        ErrorCodes.TooLarge,
        null,
        TransactionNames.PublishAchievement,
        Samples.Achievement(Member) with
        {
            LearningOutcomes = [.. Enumerable.Repeat(new string('x', Limits.MaxTextLength), 20)],
        });

    private Task<Written<Achievement>> PublishAsync(Achievement achievement) =>
        LedgerMember.SubmitAsync<Achievement>(Member.User, TransactionNames.PublishAchievement, achievement);

    private Task<Written<Achievement>> RetireAsync(Achievement achievement) => LedgerMember.SubmitAsync<Achievement>(
        Member.User, TransactionNames.RetireAchievement, achievement.Id, achievement.Version);
}

using System.Security.Cryptography;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.EndToEnd;
using MicroCreds.Ledger.Tests.Ledger.Model;

namespace MicroCreds.Ledger.Tests.Ledger.Contract;

/// <summary>Records and statements that the contract accepts, to be spoilt one member at a time.</summary>
internal static class Samples
{
    public static string NewId() => "a" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public static string NewRoot() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));

    public static Achievement Achievement(LedgerMember member, string? id = null) => new()
    {
        MspId = member.MspId,
        Id = id ?? NewId(),
        Version = 1,
        Name = "Data Literacy for the Energy Transition",
        Description = "Reading, questioning and presenting the data of power grids.",
        Criteria = "A graded project report and its defence.",
        LearningOutcomes = ["Judge the quality of a data set.", "Présenter des données d'énergie."],
        Credits = 2.5,
        WorkloadHours = 68,
        EqfLevel = 6,
        Language = "en",
        Assessment = "Project report",
        Participation = "blended",
        QualityAssurance = "Institutional accreditation",
        FieldOfStudy = "0688",
        Skills =
            [new Skill("data analytics", "http://data.europa.eu/esco/skill/97bd1c21-66b2-4b7e-ad0f-e3cda590e378")],
    };

    /// <summary>Two terms of an achievement, the second on terms of its own.</summary>
    public static Offering Offering(LedgerMember member, string achievement) => new()
    {
        MspId = member.MspId,
        Achievement = achievement,
        Offers =
        [
            new AchievementOffer
            {
                Term = "Autumn 2027",
                First = new DateOnly(2027, 9, 1),
                Last = new DateOnly(2027, 12, 17),
            },
            new AchievementOffer
            {
                Term = "Spring 2028",
                First = new DateOnly(2028, 2, 1),
                Last = new DateOnly(2028, 6, 30),
                Places = 30,
                Mode = "online",
                Language = "fr",
                Cost = 99.9,
                Currency = "EUR",
                Url = "https://www.aurora.example/enrol",
            },
        ],
    };

    public static async Task<AchievementReference> PublishAsync(LedgerMember member)
    {
        var written = await LedgerMember.SubmitAsync<Achievement>(
            member.User, TransactionNames.PublishAchievement, Achievement(member));
        return new AchievementReference(written.Record.Id, written.Record.Version);
    }

    /// <summary>A pathway of one required achievement and electives, with what it names published.</summary>
    public static async Task<Pathway> PathwayAsync(LedgerMember member)
    {
        var award = await PublishAsync(member);
        var part = await PublishAsync(member);
        return new Pathway
        {
            MspId = member.MspId,
            Id = NewId(),
            Version = 1,
            Name = "Data for the Energy Transition",
            Description = "From reading data to a system of one's own.",
            Award = award,
            Credits = 7.5,
            EqfLevel = 6,
            Groups =
            [
                new PathwayGroup
                {
                    Id = "core",
                    Name = "Foundations",
                    Rule = PathwayRule.All,
                    Items = [new PathwayItem(member.MspId, part.Id)],
                },
                new PathwayGroup
                {
                    Id = "electives",
                    Name = "Electives",
                    Rule = PathwayRule.Choice,
                    Pool = new PathwayPool { Fields = ["06", "0713"] },
                    MinCredits = 5,
                    MaxCredits = 10,
                    MinLevel = 5,
                    After = ["core"],
                },
            ],
            WithinMonths = 36,
            MaxRecognizedCredits = 5,
        };
    }

    public static async Task<Pathway> PublishPathwayAsync(LedgerMember member)
    {
        var written = await LedgerMember.SubmitAsync<Pathway>(
            member.User, TransactionNames.PublishPathway, await PathwayAsync(member));
        return written.Record;
    }

    public static IssuanceStatement Issuance(LedgerMember member, params AchievementReference[] achievements) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Root = NewRoot(),
        Size = 10,
        Achievements = achievements,
        KeyId = member.KeyId,
        StatusList = NewId(),
        StatusOffset = 0,
    };

    public static async Task<Issuance> IssueAsync(LedgerMember member, int size = 10)
    {
        var statement = Issuance(member, await PublishAsync(member)) with { Size = size };
        var written = await LedgerMember.SubmitAsync<Issuance>(
            member.User, TransactionNames.Issue, TestKeys.Sign(statement, member.Key));
        return written.Record;
    }

    public static StatusStatement Status(LedgerMember member, Issuance issuance, string state, int sequence) => new()
    {
        Ledger = member.Ledger,
        MspId = member.MspId,
        Root = issuance.Statement.Root,
        Index = 3,
        Sequence = sequence,
        State = state,
        Reason = state switch
        {
            CredentialState.Revoked => StatusReason.IssuedInError,
            CredentialState.Suspended => StatusReason.UnderReview,
            _ => null,
        },
        KeyId = member.KeyId,
    };

    public static Task<Written<Status>> SetStatusAsync(LedgerMember member, StatusStatement statement) =>
        LedgerMember.SubmitAsync<Status>(
            member.User, TransactionNames.SetStatus, TestKeys.Sign(statement, member.Key));
}

using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace MicroCreds.Ledger.Model;

/// <summary>
/// What an institution says about a micro-credential when it publishes it: the standard elements of the EU Council
/// Recommendation 2022/C 243/02, Annex I, that do not depend on the learner.
/// </summary>
public record AchievementDefinition
{
    /// <summary>The name among the institution's achievements: lower-case letters, digits and hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>The version, from 1 upwards. Default is 1.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The title.</summary>
    public required string Name { get; init; }

    /// <summary>What it is about.</summary>
    public required string Description { get; init; }

    /// <summary>What a learner has to do to earn it.</summary>
    public required string Criteria { get; init; }

    /// <summary>What a learner knows and can do afterwards, at least one.</summary>
    public required IReadOnlyList<string> LearningOutcomes { get; init; }

    /// <summary>The workload in ECTS credits; 0 only where there are none and the hours are stated.</summary>
    public required double Credits { get; init; }

    /// <summary>The workload in hours, if it is stated.</summary>
    public double? WorkloadHours { get; init; }

    /// <summary>The level of the European Qualifications Framework, 1 to 8, if it applies.</summary>
    public int? EqfLevel { get; init; }

    /// <summary>The cycle of the European Higher Education Area's framework, if it applies: one of
    /// <see cref="AchievementCodes.QfEheaCycles"/>.</summary>
    public string? QfEheaCycle { get; init; }

    /// <summary>The language of teaching, BCP 47.</summary>
    public required string Language { get; init; }

    /// <summary>The type of assessment.</summary>
    public required string Assessment { get; init; }

    /// <summary>How learners are supervised and identified during assessment: one of
    /// <see cref="AchievementCodes.Supervisions"/>.</summary>
    public string? Supervision { get; init; }

    /// <summary>The form of participation: one of <see cref="AchievementCodes.Participations"/>.</summary>
    public required string Participation { get; init; }

    /// <summary>The type of quality assurance that underpins it.</summary>
    public required string QualityAssurance { get; init; }

    /// <summary>What a learner needs beforehand.</summary>
    public string? Prerequisites { get; init; }

    /// <summary>Whether it stacks: one of <see cref="AchievementCodes.Stackabilities"/>.</summary>
    public string? Stackability { get; init; }

    /// <summary>What it stacks into, where it is stackable.</summary>
    public string? StacksInto { get; init; }

    /// <summary>What else there is to know.</summary>
    public string? FurtherInformation { get; init; }

    /// <summary>The field of study, ISCED-F 2013, four digits.</summary>
    public string? FieldOfStudy { get; init; }

    /// <summary>The skills it stands for, usually of ESCO.</summary>
    public IReadOnlyList<Skill> Skills { get; init; } = [];
}

/// <summary>
/// The definition of a micro-credential as it stands on the ledger. Published once; a correction is a new version.
/// </summary>
public sealed record Achievement : AchievementDefinition
{
    /// <summary>Makes one to be filled in.</summary>
    [JsonConstructor]
    public Achievement()
    {
    }

    /// <summary>Makes what an institution publishes out of what it says.</summary>
    [SetsRequiredMembers]
    public Achievement(string mspId, AchievementDefinition definition)
        : base(definition) => MspId = mspId;

    /// <summary>The institution that awards it.</summary>
    public required string MspId { get; init; }

    /// <summary>When it was published: the time of that transaction.</summary>
    public DateTimeOffset PublishedAt { get; init; }

    /// <summary>When it was retired: nothing is issued for it afterwards, what was issued stands.</summary>
    public DateTimeOffset? RetiredAt { get; init; }
}

/// <summary>A skill in a public framework.</summary>
/// <param name="Name">The skill's name.</param>
/// <param name="Url">Its address in the framework.</param>
/// <param name="Framework">The framework, such as <c>ESCO</c>.</param>
public sealed record Skill(string Name, string Url, string Framework = "ESCO");

/// <summary>Names one version of an achievement of the issuing institution.</summary>
/// <param name="Id">The achievement's identifier.</param>
/// <param name="Version">Its version.</param>
public sealed record AchievementReference(string Id, int Version);

using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Desk.Voting;

/// <summary>An accreditation as the pages show it: how it stands, and whether who granted it still accredits.</summary>
public sealed record ShownAccreditation
{
    private const string Removed = "removed";
    private const int SoonDays = 180;

    private ShownAccreditation(Accreditation accreditation) => Accreditation = accreditation;

    /// <summary>The accreditation.</summary>
    public Accreditation Accreditation { get; }

    /// <summary>One of <see cref="AccreditationState"/>; or removed, where who granted it accredits no more.</summary>
    public required string State { get; init; }

    /// <summary>Since when it stands so, or begins.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When it stops being in force, as far as that is known.</summary>
    public DateTimeOffset? LapsesAt { get; init; }

    /// <summary>What is accredited.</summary>
    public required AwardScope Scope { get; init; }

    /// <summary>Where the last decision is published.</summary>
    public string? Reference { get; init; }

    /// <summary>Whether it lapses soon.</summary>
    public required bool IsSoon { get; init; }

    /// <summary>Its page.</summary>
    public string Address =>
        $"/desk/accreditations/{Accreditation.MspId}/{Accreditation.Accreditor}/{Accreditation.Id}";

    /// <summary>Whether it is in force.</summary>
    public bool IsInForce => State == AccreditationState.InForce;

    /// <summary>What can be done to it, of <see cref="AccreditationAction"/>.</summary>
    public IReadOnlyList<string> Actions => State switch
    {
        AccreditationState.Withdrawn => [],
        AccreditationState.Suspended =>
            [AccreditationAction.Lift, AccreditationAction.Narrow, AccreditationAction.Withdraw],
        AccreditationState.Expired => [AccreditationAction.Withdraw],
        _ => [AccreditationAction.Narrow, AccreditationAction.Suspend, AccreditationAction.Withdraw],
    };

    /// <summary>How it is coloured.</summary>
    public string Tone => !IsInForce ? "bad" : IsSoon ? "warn" : "good";

    /// <summary>Tells how an accreditation stands.</summary>
    public static ShownAccreditation Of(Accreditation one, Consortium consortium, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(consortium);
        var standing = one.StandingAt(now);
        var ended = consortium.Accreditors.LastOrDefault(term => term.MspId == one.Accreditor)?.Until;
        bool isRemoved = standing.State == AccreditationState.InForce && ended <= now;
        bool isAbsent = standing.State == AccreditationState.Absent;
        var lapses = isRemoved ? null : one.LapsesAfter(now);
        var granted = one.Changes[0].Statement;
        return new ShownAccreditation(one)
        {
            State = isRemoved ? Removed : standing.State,
            Since = isRemoved ? ended : isAbsent ? granted.ValidFrom : standing.Since,
            LapsesAt = lapses,
            IsSoon = lapses < now.AddDays(SoonDays),
            Scope = isAbsent ? granted.Scope ?? new AwardScope() : standing.Scope,
            Reference = standing.Reference,
        };
    }

    /// <summary>Says how it stands.</summary>
    public string Said(PageText text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Since is { } since
            ? text.Fill($"standing.{State}Since", ("date", text.Date(since))) : text[$"standing.{State}"];
    }
}

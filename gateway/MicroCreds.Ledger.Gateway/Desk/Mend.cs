using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Problems;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>Says in the reader's language what is wrong with a field, and how to mend it.</summary>
internal static class Mend
{
    /// <summary>A sentence for a fault; where there is none in that language, the rule's own words.</summary>
    public static string Of(PageText text, FieldFault fault)
    {
        string place = fault.Place.StartsWith("/evidence", StringComparison.Ordinal) ? "/evidence" : fault.Place;
        return text.Find($"desk.mend{place.Replace('/', '.')}") ?? fault.Reason;
    }

    /// <summary>A sentence for what is wrong with an element of an achievement.</summary>
    public static string OfAchievement(PageText text, FieldFault fault) =>
        text.Find($"desk.achievements.mend.{ElementOf(fault)}") ?? fault.Reason;

    /// <summary>The element that a fault is about: a list's for each of its items.</summary>
    public static string ElementOf(FieldFault fault) => fault.Place.Split('/') is [_, var element, ..] ? element : "";
}

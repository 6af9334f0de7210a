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
}

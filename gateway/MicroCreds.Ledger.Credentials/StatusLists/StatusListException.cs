namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>A status list says nothing: neither that a credential stands nor that it does not.</summary>
public sealed class StatusListException(StatusListFault fault, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Why.</summary>
    public StatusListFault Fault { get; } = fault;
}

/// <summary>Why a status list says nothing.</summary>
public enum StatusListFault
{
    /// <summary>It is no status list in a form we know.</summary>
    Malformed,

    /// <summary>It has fewer entries than the standard asks for, or lacks the one that is asked about.</summary>
    TooShort,

    /// <summary>It has, or unpacks to, more than is read.</summary>
    TooLong,

    /// <summary>It is for another purpose.</summary>
    OtherPurpose,

    /// <summary>It is another list.</summary>
    OtherList,

    /// <summary>It is of another issuer than may speak here.</summary>
    OtherIssuer,

    /// <summary>Its signature does not fit, or its key is not the issuer's.</summary>
    NotSigned,

    /// <summary>
    /// It is older than what was seen before, not valid yet, not valid any more, or past its time to live.
    /// </summary>
    Stale,
}

namespace MicroCreds.Ledger.Model;

/// <summary>What every statement that an institution signs has: who says it, where, and by which key.</summary>
public interface IInstitutionStatement
{
    /// <summary>What the statement's type must be.</summary>
    static abstract string Kind { get; }

    /// <summary>Tells this statement from every other that the same key signs.</summary>
    string Type { get; }

    /// <summary>The ledger it is made for.</summary>
    string Ledger { get; }

    /// <summary>The institution that says it.</summary>
    string MspId { get; }

    /// <summary>The institution's key that signs.</summary>
    string KeyId { get; }

    /// <summary>
    /// Whether it gives, allows or accepts something, so that a thief would gain by it. What takes away errs on the
    /// safe side, and counts whoever had the key.
    /// </summary>
    bool IsGoodNews { get; }
}

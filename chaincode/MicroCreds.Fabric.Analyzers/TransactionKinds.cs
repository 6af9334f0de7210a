namespace MicroCreds.Fabric.Analyzers;

/// <summary>What a function is run as, as far as is known.</summary>
[Flags]
internal enum TransactionKinds
{
    None = 0,
    Evaluation = 1,
    Submission = 2,

    /// <summary>Before, after or around transactions.</summary>
    Hook = 4,
}

namespace MicroCreds.Ledger.Operator;

/// <summary>Something the operator has to mend; the message says what, where and how.</summary>
public class OperatorException(string message) : Exception(message);

/// <summary>
/// An institution approved a definition once, and its peer has lost what: Fabric takes the same approval from it no
/// second time, only that of the next definition. It endorses all the same, once the package is installed.
/// </summary>
public sealed class ApprovalLostException(string message) : OperatorException(message);

/// <summary>Something that the machine does not have and the engine needs.</summary>
public sealed class UnavailableException(string message) : OperatorException(message);

namespace MicroCreds.Ledger.Operator;

/// <summary>Something the operator has to mend; the message says what, where and how.</summary>
public class OperatorException(string message) : Exception(message);

/// <summary>Something that the machine does not have and the engine needs.</summary>
public sealed class UnavailableException(string message) : OperatorException(message);

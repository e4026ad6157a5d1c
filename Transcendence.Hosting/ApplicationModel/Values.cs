namespace Transcendence.Hosting.ApplicationModel;

/// <summary>Something whose value is known only when the application runs.</summary>
public interface IValueProvider
{
    /// <summary>The value.</summary>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <returns>The value, or <see langword="null"/>.</returns>
    ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default);

    /// <summary>The value as the given caller must see it.</summary>
    /// <param name="context">Who asks, and from which network.</param>
    /// <param name="cancellationToken">Ends the wait for it.</param>
    /// <returns>The value, or <see langword="null"/>.</returns>
    ValueTask<string?> GetValueAsync(ValueProviderContext context, CancellationToken cancellationToken = default) => GetValueAsync(cancellationToken);
}

/// <summary>Who asks for a value, and from where.</summary>
public class ValueProviderContext
{
    /// <summary>Whether the application is run or published.</summary>
    public DistributedApplicationExecutionContext? ExecutionContext { get; init; }

    /// <summary>The resource that will use the value.</summary>
    public IResource? Caller { get; init; }

    /// <summary>The network from which it will use it.</summary>
    public NetworkIdentifier? Network { get; init; }
}

/// <summary>Something that can be named in a published manifest.</summary>
public interface IManifestExpressionProvider
{
    /// <summary>Its placeholder, e.g. <c>{backend.bindings.http.url}</c>.</summary>
    string ValueExpression { get; }
}

/// <summary>A value that depends on others.</summary>
public interface IValueWithReferences
{
    /// <summary>What it depends on.</summary>
    IEnumerable<object> References { get; }
}

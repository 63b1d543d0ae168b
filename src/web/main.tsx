/** Starts the web. */
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { I18nProvider } from 'react-aria-components';
import { z } from 'zod';
import { queryClient } from './api.ts';
import { applyPreferences, useLocale } from './reader/preferences.ts';
import { Words } from './reader/words.tsx';
import { router } from './router.tsx';

// The content security policy allows no code made at run time, which zod would otherwise try.
z.config({ jitless: true });
applyPreferences();

function Web() {
  return (
    <I18nProvider locale={useLocale()}>
      <Words>
        <RouterProvider router={router} />
      </Words>
    </I18nProvider>
  );
}

const place = document.getElementById('spor');
if (!place) throw new Error('index.html has no element #spor');
createRoot(place).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Web />
    </QueryClientProvider>
  </StrictMode>,
);
